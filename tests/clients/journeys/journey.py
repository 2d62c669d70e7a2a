"""A resident's first dossier with the Python client: what an app or an officer's program does, in one page."""

import base64
import os
import queue
import random
import threading
import urllib.error
import urllib.request
import uuid
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import bakhong_api as api
from standardwebhooks import Webhook

URL = os.environ["BAKHONG_URL"]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def signed_in(**who: object) -> api.ApiClient:
    """A client of a caller; in production the token comes from the OpenID provider."""
    with api.ApiClient(api.Configuration(host=URL)) as anonymous:
        token = api.TokensApi(anonymous).create_development_token(api.GatewayDevelopmentSignIn(**who))
    return api.ApiClient(api.Configuration(host=URL, access_token=token.access_token))


officer = signed_in(role="officer", unit_code="15724")
print("ok sign in")

person = api.RegistryResidentCreate(
    personal_id=f"038075{random.randrange(10**6):06d}", id_document="can_cuoc", full_name="Lê Văn Mẫu",
    date_of_birth=date(1975, 3, 12), sex="male", unit_code="15727-01", phone="0912345601",
)  # fmt: skip
key = str(uuid.uuid4())
resident = api.ResidentsApi(officer).create_resident(person, idempotency_key=key)
print("ok register")
again = api.ResidentsApi(officer).create_resident(person, idempotency_key=key)
assert again.id == resident.id
print("ok repeated key")

try:
    api.ResidentsApi(officer).get_resident(resident.id)
except api.ApiException as refused:
    problem = api.Problem.from_json(refused.body)
    assert (refused.status, problem.type) == (428, "/problems/purpose-required")
    print("ok problem")

mine = signed_in(role="resident", resident_id=resident.id)
wanted = api.RegistryPrefillBody(fields=["full_name", "phone", "permanent_address"], purpose="dossier")
prefilled = api.ResidentsApi(mine).prefill_resident(resident.id, wanted)
assert prefilled.fields["full_name"].value == "Lê Văn Mẫu"
print("ok prefill")

dossiers = api.DossiersApi(mine)
draft = dossiers.create_dossier_with_http_info(
    api.CaseworkDossierCreate(procedure_code="2.000635", resident_id=resident.id, unit_code="15724")
)
dossier_id, etag = draft.data.id, draft.headers["etag"]
print("ok draft")
dossiers.create_attachment(dossier_id, ("giay-khai-sinh.pdf", PDF))
print("ok attach")

received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    """The server of an app that subscribed to events."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        received.put(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
subscriptions = api.SubscriptionsApi(signed_in(role="partner", partner_id="demo-app"))
hook = api.NotificationsSubscriptionCreate(
    url=f"http://127.0.0.1:{server.server_port}/hooks", types=["dossier.submitted"]
)
subscription = subscriptions.create_subscription(hook)

fields = dict.fromkeys(("permanent_address", "subject_permanent_address"), "Thôn 1, xã Đồng Tiến")
fields |= {"extract_kind": "birth", "subject_ethnic_group": "Kinh", "subject_nationality": "Việt Nam"}
newest = dossiers.get_dossier_with_http_info(dossier_id).headers["etag"]
dossiers.update_dossier(dossier_id, api.CaseworkDossierFillIn(fields=fields), if_match=newest)
try:
    dossiers.update_dossier(dossier_id, api.CaseworkDossierFillIn(copies=2), if_match=etag)
except api.ApiException as refused:
    assert refused.status == 412
    print("ok stale etag")
submitted = dossiers.submit_dossier(dossier_id, idempotency_key=str(uuid.uuid4()))
assert submitted.status == "submitted"
print("ok submit", submitted.code)
headers, event = received.get(timeout=60)
assert Webhook(subscription.secret).verify(event, headers)["type"] == "dossier.submitted"
subscriptions.delete_subscription(subscription.id)
print("ok received event")
assert dossiers.get_slip(dossier_id).startswith(b"%PDF")
print("ok download")

units, cursor = [], None
while True:
    page = api.UnitsApi(officer).list_units(parent="15724", limit=2, cursor=cursor)
    units += page.items
    cursor = page.next_cursor
    if cursor is None:
        break
assert len({unit.code for unit in units}) == len(units) > 2
print("ok cursor")

secret = "whsec_" + base64.b64encode(b"demo-bank".ljust(32, b".")).decode()
event = api.DeliverWebhookRequest(
    type="payment_account.opened", timestamp=datetime.now(UTC),
    data={"resident": {"personal_id": person.personal_id}, "kind": "bank", "account_ref": "acc-1"},
)  # fmt: skip
body, message_id, sent_at = event.to_json(), f"msg_{uuid.uuid4().hex}", datetime.now(UTC)
signature = Webhook(secret).sign(message_id, sent_at, body)
headers = {"content-type": "application/json", "webhook-id": message_id, "webhook-signature": signature}
headers["webhook-timestamp"] = str(int(sent_at.timestamp()))
request = urllib.request.Request(f"{URL}/webhooks/demo-bank", body.encode(), headers)
assert urllib.request.urlopen(request).status == 202
request.add_header("webhook-signature", "v1,AAAA")
try:
    urllib.request.urlopen(request)
except urllib.error.HTTPError as refused:
    assert refused.code == 401
    print("ok webhook")
