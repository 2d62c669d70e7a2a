"""Every route: strangers are refused, wrong parameters are 400, wrong bodies 422, nothing is a 5xx."""

from chassis.ids import new_id
from chassis.web.routing import audiences
from payments_qr.routes import ROUTERS

WRONG = (
    "/v1/payments?from=yesterday",
    "/v1/payments?to=2026-13-01",
    "/v1/payments?cursor=abc",
    "/v1/payments?limit=0",
    "/v1/payments?status=lost",
    "/v1/payments?merchant_id=x",
    "/v1/payments?unit_code=nowhere",
    "/v1/payments?color=red",
    "/v1/bills?customer_code=x",
    "/v1/bills?period=2026-13",
    "/v1/merchants?category=bar",
    "/v1/merchants/posters.pdf",
    "/v1/merchants/posters.pdf?unit_code=15724&paper=a3",
    "/v1/banks?as_of=today",
)


async def test_a_wrong_parameter_is_a_400_that_names_it(officer):
    for path in WRONG:
        answer = await officer.get(path, headers={"X-Purpose": "payment"})

        assert answer.status_code == 400, path
        assert answer.json()["errors"][0]["pointer"].strip("/") in path or "unit_code" in answer.text, path


async def test_unknown_ids_are_not_found_by_any_operation(officer):
    unknown = new_id()
    for path in (
        "/v1/merchants/{}", "/v1/merchants/{}/qr-codes", "/v1/merchants/{}/poster.pdf", "/v1/qr-codes/{}",
        "/v1/qr-codes/{}/image", "/v1/bills/{}", "/v1/payments/{}", "/v1/payments/{}/suggestions",
        "/v1/settlements/{}", "/v1/settlements/{}/lines", "/v1/merchant-imports/{}", "/v1/bill-imports/{}/rejections",
    ):  # fmt: skip
        answer = await officer.get(path.format(unknown), headers={"X-Purpose": "payment"})
        assert answer.status_code == 404, path


async def test_strangers_and_other_roles_are_refused(calling, world):
    stranger, volunteer = calling(), calling("volunteer", unit_code="15724", subject="v")
    for router in ROUTERS:
        for operation, audience in audiences(router.routes).items():
            method, path = operation.split(" ")
            path = path.replace("{", "").replace("}", "")
            path = "/".join(str(new_id()) if part.endswith("_id") else part for part in path.split("/"))
            if "public" not in audience:
                assert (await stranger.request(method, path)).status_code == 401, operation
            if "volunteer" not in audience and "public" not in audience:
                assert (await volunteer.request(method, path)).status_code == 403, operation


FILES = (
    b"", b"\x00\x01\x02", b"PK\x03\x04" * 100, b'"' * 1000, "đ".encode("cp1258") * 10, b"a,b\n" * 5, b"\xff\xfe" + b"x" * 9,
)  # fmt: skip


async def test_an_unreadable_upload_is_refused_with_422(officer, calling, activated):
    operator = calling("operator", subject="op")
    merchant = await activated()
    forms = {
        "/v1/settlements": {"partner_id": "demo-bank", "business_date": "2026-06-01"},
        "/v1/bill-imports": {"merchant_id": merchant["id"]},
        "/v1/merchant-imports": {"unit_code": "15724", "provider": "demo-bank"},
    }
    for path, form in forms.items():
        client = operator if path == "/v1/settlements" else officer
        assert (await client.post(path, data=form)).status_code == 422
        for file in FILES:
            answer = await client.post(path, data=form, files={"file": ("x.csv", file, "text/csv")})
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unreadable-file"), (path, file)
