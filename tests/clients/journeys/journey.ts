// A resident's first dossier with the TypeScript client, in one page.
import { randomInt, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createBakhong, type Schemas } from "bakhong-api";
import { Webhook } from "standardwebhooks";

const url = process.env.BAKHONG_URL!;
const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n";

function expect(what: string, holds: boolean): void {
  if (!holds) throw new Error(what);
  console.log(`ok ${what}`);
}

/** A client of a caller; in production the token comes from the OpenID provider. */
async function signedIn(who: Schemas["gateway.DevelopmentSignIn"]) {
  const { data } = await createBakhong(url).POST("/dev/token", { body: who });
  return createBakhong(url, data!.access_token);
}

const officer = await signedIn({ role: "officer", unit_code: "15724" });
expect("sign in", true);

const person: Schemas["registry.ResidentCreate"] = {
  personal_id: `038075${String(randomInt(1_000_000)).padStart(6, "0")}`, id_document: "can_cuoc",
  full_name: "Lê Văn Mẫu", date_of_birth: "1975-03-12", sex: "male", unit_code: "15727-01", phone: "0912345601",
};
const key = { header: { "Idempotency-Key": randomUUID() } };
const registered = await officer.POST("/v1/residents", { params: key, body: person });
const resident_id = registered.data!.id;
expect("register", registered.response.status === 201);
const again = await officer.POST("/v1/residents", { params: key, body: person });
expect("repeated key", again.data!.id === resident_id);

const { error, response } = await officer.GET("/v1/residents/{resident_id}", { params: { path: { resident_id } } });
expect("problem", response.status === 428 && error!.type === "/problems/purpose-required");

const mine = await signedIn({ role: "resident", resident_id });
const prefilled = await mine.POST("/v1/residents/{resident_id}/prefill", {
  params: { path: { resident_id } }, body: { fields: ["full_name", "phone", "permanent_address"], purpose: "dossier" },
});
expect("prefill", prefilled.data!.fields.full_name!.value === "Lê Văn Mẫu");

const draft = await mine.POST("/v1/dossiers", { body: { procedure_code: "2.000635", resident_id, unit_code: "15724" } });
const dossier = { dossier_id: draft.data!.id };
const stale = draft.response.headers.get("etag")!;
expect("draft", draft.data!.status === "draft");

const paper = await mine.POST("/v1/dossiers/{dossier_id}/attachments", {
  params: { path: dossier },
  body: { file: pdf },
  bodySerializer: () => {
    const form = new FormData();
    form.append("file", new Blob([pdf], { type: "application/pdf" }), "giay-khai-sinh.pdf");
    return form;
  },
});
expect("attach", paper.response.status === 201);

const newest = (await mine.GET("/v1/dossiers/{dossier_id}", { params: { path: dossier } })).response.headers.get("etag")!;
const address = "Thôn 1, xã Đồng Tiến";
await mine.PATCH("/v1/dossiers/{dossier_id}", {
  params: { path: dossier, header: { "If-Match": newest } },
  body: {
    fields: {
      permanent_address: address, subject_permanent_address: address, extract_kind: "birth",
      subject_ethnic_group: "Kinh", subject_nationality: "Việt Nam",
    },
  },
});
const refused = await mine.PATCH("/v1/dossiers/{dossier_id}", {
  params: { path: dossier, header: { "If-Match": stale } }, body: { copies: 2 },
});
expect("stale etag", refused.response.status === 412);
// The server of an app that subscribes to events.
let arrived: (event: { headers: Record<string, string>; body: string }) => void;
const event = new Promise<{ headers: Record<string, string>; body: string }>((resolve) => (arrived = resolve));
const server = createServer((request, answer) => {
  const parts: Buffer[] = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    arrived({ headers: request.headers as Record<string, string>, body: Buffer.concat(parts).toString() });
    answer.writeHead(204).end();
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const app = await signedIn({ role: "partner", partner_id: "demo-app" });
const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
const subscribed = await app.POST("/v1/subscriptions", { body: { url: hook, types: ["dossier.submitted"] } });

const submitted = await mine.POST("/v1/dossiers/{dossier_id}/submit", { params: { path: dossier } });
expect("submit", submitted.data!.status === "submitted");
const { headers, body: sent } = await event;
const verified = new Webhook(subscribed.data!.secret).verify(sent, headers) as { type: string };
expect("received event", verified.type === "dossier.submitted");
await app.DELETE("/v1/subscriptions/{subscription_id}", { params: { path: { subscription_id: subscribed.data!.id } } });
server.close();
const slip = await mine.GET("/v1/dossiers/{dossier_id}/slip.pdf", { params: { path: dossier }, parseAs: "blob" });
expect("download", slip.data !== undefined && (await (slip.data as unknown as Blob).text()).startsWith("%PDF"));

const codes: string[] = [];
let cursor: string | null | undefined;
do {
  const page = await officer.GET("/v1/units", { params: { query: { parent: "15724", limit: 2, cursor: cursor ?? undefined } } });
  codes.push(...page.data!.items.map((unit) => unit.code));
  cursor = page.data!.next_cursor;
} while (cursor);
expect("cursor", codes.length > 2 && new Set(codes).size === codes.length);

const secret = "whsec_" + Buffer.from("demo-bank".padEnd(32, ".")).toString("base64");
const id = `msg_${randomUUID()}`;
const body = JSON.stringify({
  type: "payment_account.opened", timestamp: new Date().toISOString(),
  data: { resident: { personal_id: person.personal_id }, kind: "bank", account_ref: "acc-1" },
});
async function deliver(signature: string): Promise<number> {
  const headers = {
    "content-type": "application/json", "webhook-id": id,
    "webhook-timestamp": String(Math.floor(Date.now() / 1000)), "webhook-signature": signature,
  };
  return (await fetch(`${url}/webhooks/demo-bank`, { method: "POST", headers, body })).status;
}
const accepted = await deliver(new Webhook(secret).sign(id, new Date(), body));
expect("webhook", accepted === 202 && (await deliver("v1,AAAA")) === 401);
