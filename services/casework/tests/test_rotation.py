"""Keys change while the service serves."""

import base64
import os

from casework.commands.rotation import ROTATIONS
from chassis.security.key_rotation import rotate_keys
from chassis.settings import get_settings


def key(name):
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


async def test_encrypted_values_and_tracking_follow_the_newest_key(binh, calling, world, database, monkeypatch):
    old, new = key("old"), key("new")
    for name in ("pii_keys", "pii_index_keys"):
        monkeypatch.setattr(get_settings(), name, old)
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    path = f"/v1/dossiers/{opened['id']}"
    await binh.patch(path, json={"fields": {"extract_kind": "birth"}})
    code = (await binh.post(f"{path}/submit")).json()["code"]
    await binh.post(f"{path}/actions", json={"action": "withdraw", "note": "Không cần nữa"})
    feedback = {"unit_code": "15724", "category": "field", "text": "Đèn hỏng", "anonymous": True}
    feedback = (await binh.post("/v1/feedback", json=feedback)).json()

    for name in ("pii_keys", "pii_index_keys"):
        monkeypatch.setattr(get_settings(), name, f"{new},{old}")
    await rotate_keys(database, ROTATIONS)
    await rotate_keys(database, ROTATIONS)

    tracked = await calling().get("/v1/dossiers/track", params={"code": code, "phone_last4": "5678"})
    assert tracked.status_code == 200
    assert (await binh.get(f"/v1/feedback/{feedback['id']}")).json()["text"] == "Đèn hỏng"
    monkeypatch.setattr(get_settings(), "pii_keys", new)
    assert (await binh.get(path)).json()["fields"]["full_name"]["value"] == "Nguyễn Văn Thử Bình"
    monkeypatch.setattr(get_settings(), "pii_keys", old)
    assert (await binh.get(path)).status_code == 500
