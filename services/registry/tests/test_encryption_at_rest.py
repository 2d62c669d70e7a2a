"""Addresses, reasons, notes and evidence are ciphertext in the database, also those that the release before stored."""

from typing import Any

from sqlalchemy import text

from chassis.storage.database import Database
from registry.commands.encryption import encrypt_plain_values

from .conftest import PURPOSE, a_resident

SECRETS = ("Số 5 ngõ Bí Mật", "lý do của tôi", "ghi chú riêng", "biên bản số 7", "cần gọi lại", "không có giấy tờ")


async def whole_database(database: Database) -> str:
    """Every value of every table of the registry as text."""
    async with database.reading() as session:
        tables = await session.execute(
            text(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
        )
        rows = [
            str(row)
            for table in tables.scalars().all()
            for row in await session.execute(text(f'SELECT t::text FROM "{table}" AS t'))
        ]
    return "\n".join(rows)


async def test_free_text_about_people_is_never_stored_in_the_clear(
    calling: Any, register: Any, database: Database
) -> None:
    view = await register(a_resident(address_line=SECRETS[0]))
    path, own = f"/v1/residents/{view['id']}", calling("resident", resident_id=view["id"])
    officer = calling("officer", unit_code="15724")
    asked = (await own.post(f"{path}/corrections", json={"kind": "erasure", "reason": SECRETS[1]})).json()
    await officer.post(f"/v1/corrections/{asked['id']}/decision", json={"decision": "refuse", "note": SECRETS[2]})
    consent = {"purpose": "prefill", "grantee": "demo-bank", "evidence": {"kind": SECRETS[3]}}
    await officer.post(f"{path}/consents", json=consent)
    await officer.post(f"{path}/reveal", json={"fields": ["phone"], "reason": SECRETS[4]}, headers=PURPOSE)
    claim = {"tax_code": "0100233488", "name": "Cửa hàng", "kind": "enterprise", "unit_code": "15727-01",
             "representative": {"resident_id": view["id"]}}  # fmt: skip
    made = await own.post("/v1/organizations", json=claim)
    await officer.post(f"{made.headers['Location']}/representative/refusal", json={"reason": SECRETS[5]})

    stored = await whole_database(database)

    assert [secret for secret in SECRETS if secret in stored] == []
    shown = (await own.get(f"{path}/corrections")).json()["items"][0]
    assert (shown["reason"], shown["decision_note"]) == (SECRETS[1], SECRETS[2])
    assert (await own.get(f"{path}/consents")).json()["items"][0]["evidence"] == {"kind": SECRETS[3]}
    log = (await own.get(f"{path}/access-log")).json()["items"]
    assert SECRETS[4] in {entry["legal_basis"] for entry in log}
    assert (await own.get(path)).json()["address_line"] == SECRETS[0]


async def test_what_the_release_before_stored_in_the_clear_is_read_and_then_encrypted(
    calling: Any, register: Any, database: Database
) -> None:
    view = await register(a_resident())
    path, own = f"/v1/residents/{view['id']}", calling("resident", resident_id=view["id"])
    await own.post(f"{path}/corrections", json={"kind": "erasure"})
    await own.post(f"{path}/consents", json={"purpose": "prefill", "grantee": "demo-bank"})
    async with database.transaction() as session:
        await session.execute(text("UPDATE resident SET address_line = 'Số 5 ngõ Bí Mật'"))
        await session.execute(text("UPDATE correction SET reason = 'lý do của tôi'"))
        await session.execute(
            text("""UPDATE consent SET evidence = '{"kind": "biên bản số 7"}', evidence_encrypted = NULL""")
        )

    before = await shown(own, path)
    encrypted = await encrypt_plain_values(database)
    after = await shown(own, path)

    assert before == after == ("Số 5 ngõ Bí Mật", "lý do của tôi", {"kind": "biên bản số 7"})
    assert (encrypted, await encrypt_plain_values(database)) == (3, 0)
    stored = await whole_database(database)
    assert [secret for secret in SECRETS if secret in stored] == []


async def shown(own: Any, path: str) -> tuple[Any, ...]:
    [correction] = (await own.get(f"{path}/corrections")).json()["items"]
    [consent] = (await own.get(f"{path}/consents")).json()["items"]
    return (await own.get(path)).json()["address_line"], correction["reason"], consent["evidence"]
