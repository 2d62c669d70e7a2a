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
const form = document.getElementById("sign-in");
const status = document.getElementById("signed-in");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const role = form.elements.role.value;
  const answer = await fetch("/dev/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ role, ...CLAIMS[role] }),
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
