// Starts the reader; in development a token of a played caller is one click away.
const settings = {
  url: "/openapi.json",
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  defaultOpenAllTags: false,
  operationTitleSource: "summary",
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  authentication: { preferredSecurityScheme: "bearer" },
  persistAuth: false,
};
const reader = Scalar.createApiReference("#reader", settings);

const CLAIMS = {
  officer: { unit_code: "15724" },
  operator: {},
  volunteer: { unit_code: "15727-01" },
  partner: { partner_id: "demo-bank" },
  auditor: { unit_code: "15724" },
};
/** What POST /dev/token takes for a role; a resident is the played provider's first person, at level 2 or 1. */
async function claimsOf(role) {
  if (!role.startsWith("resident")) return { role, ...CLAIMS[role] };
  const answer = await fetch("/dev/identity/accounts");
  if (!answer.ok) throw new Error("/dev/identity: " + answer.status);
  const { items } = await answer.json();
  return { role: "resident", ...items[0].claims, level: role === "resident" ? 2 : 1 };
}

const form = document.getElementById("sign-in");
const status = document.getElementById("signed-in");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const role = form.elements.role.value;
  const claims = await claimsOf(role).catch((error) => void (status.textContent = error.message));
  if (!claims) return;
  const answer = await fetch("/dev/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(claims),
  });
  const body = await answer.json();
  if (!answer.ok) {
    status.textContent = body.title;
    return;
  }
  const bearer = { token: body.access_token };
  reader.updateConfiguration({
    ...settings,
    authentication: { preferredSecurityScheme: "bearer", securitySchemes: { bearer } },
  });
  status.textContent = "✓ " + role;
});
