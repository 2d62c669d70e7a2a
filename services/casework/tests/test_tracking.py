"""Tracking without signing in: for the holder of the slip; guessing codes reveals nothing."""

import asyncio
from datetime import datetime, timedelta

import pytest

from casework.settings import get_settings
from chassis.clock import frozen_at

MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")


@pytest.fixture
async def extract(binh, world):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


async def test_tracking_needs_code_and_telephone_and_shows_no_personal_data(calling, extract):
    stranger = calling()

    seen = await stranger.get("/v1/dossiers/track", params={"code": extract["code"], "phone_last4": "5678"})

    assert seen.status_code == 200
    assert set(seen.json()) == {
        "code", "procedure_code", "procedure_name", "procedure_name_en", "unit_code", "status", "national_status", "submitted_at",
        "received_at", "due_at", "finished_at", "fee",
    }  # fmt: skip


async def test_codes_cannot_be_enumerated_and_guessing_is_limited(calling, extract):
    stranger = calling()

    async def guess(code, last4):
        return await stranger.get("/v1/dossiers/track", params={"code": code, "phone_last4": last4})

    wrong, nothing = await guess(extract["code"], "0000"), await guess("H56.15724-261123-9999", "5678")
    assert (wrong.status_code, nothing.status_code) == (404, 404)
    assert {**wrong.json(), "instance": ""} == {**nothing.json(), "instance": ""}
    for last4 in range(4):
        await guess(extract["code"], f"{last4:04d}")
    assert (await guess(extract["code"], "5678")).status_code == 429


def visible(answer):
    """Everything that a stranger can see of an answer, but the address that was asked and the number of the request."""
    body = {**answer.json(), "instance": ""} if answer.content else None
    return answer.status_code, body, sorted(set(answer.headers) - {"x-request-id", "traceparent", "date"})


async def test_walking_the_pattern_of_codes_does_not_reveal_which_exist(calling, binh, world):
    with frozen_at(MONDAY):
        taken = [await filed(binh, world) for _ in range(3)]
        stranger = calling()
        tried = [f"H56.15724-261123-{serial:04d}" for serial in range(1, 11)]
        assert [dossier["code"] for dossier in taken] == tried[:3]

        seen = []
        for code in tried:
            guesses = [f"{last4:04d}" for last4 in range(get_settings().tracking_guesses_an_hour + 2)]
            answers = [
                await stranger.get("/v1/dossiers/track", params={"code": code, "phone_last4": last4})
                for last4 in guesses
            ]
            seen.append([visible(answer) for answer in answers])

    assert all(one == seen[0] for one in seen)
    assert [answer[0] for answer in seen[0]] == [404] * 5 + [429] * 2


async def test_the_right_telephone_does_not_open_what_was_guessed_at_until_the_hour_is_over(calling, binh, world):
    stranger = calling()

    async def ask(code, last4):
        return (await stranger.get("/v1/dossiers/track", params={"code": code, "phone_last4": last4})).status_code

    with frozen_at(MONDAY):
        code = (await filed(binh, world))["code"]
        assert [await ask(code, "5678") for _ in range(8)] == [200] * 8  # the holder of the slip is never counted
        assert [await ask(code, "0000") for _ in range(5)] == [404] * 5
        assert await ask(code, "5678") == 429
    with frozen_at(MONDAY + timedelta(hours=1)):
        assert await ask(code, "5678") == 200


@pytest.mark.parametrize("last4", ["", "56", "%", "____", "56\u0000", "５６７８"])
async def test_what_is_no_telephone_finds_nothing(calling, extract, last4):
    answer = await calling().get("/v1/dossiers/track", params={"code": extract["code"], "phone_last4": last4})

    assert answer.status_code in (400, 404)


async def filed(client, world):
    opened = (
        await client.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await client.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    return (await client.post(f"/v1/dossiers/{opened['id']}/submit")).json()


async def test_guesses_from_elsewhere_do_not_lock_the_holder_out(calling, extract):
    def asked(last4, address):
        params = {"code": extract["code"], "phone_last4": last4}
        return calling().get("/v1/dossiers/track", params=params, headers={"X-Forwarded-For": address})

    guesser = [(await asked(f"{last4:04d}", "203.0.113.9")).status_code for last4 in range(6)]
    holder = await asked("5678", "198.51.100.7")

    assert guesser == [404] * 5 + [429]
    assert holder.status_code == 200


async def test_guesses_from_many_addresses_are_limited_and_the_key_of_the_slip_still_opens(calling, binh, extract):
    limit = get_settings().tracking_guesses_of_a_code
    params = {"code": extract["code"], "phone_last4": "0000"}
    for number in range(limit):
        address = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert (await calling().get("/v1/dossiers/track", params=params, headers=address)).status_code == 404

    locked = await calling().get("/v1/dossiers/track", params=params | {"phone_last4": "5678"})
    key = {"code": extract["code"], "key": extract["tracking_key"]}
    opened = await calling().get("/v1/dossiers/track", params=key)
    wrong = await calling().get("/v1/dossiers/track", params=key | {"key": "a" * 16})
    unknown = await calling().get("/v1/dossiers/track", params=key | {"code": "H56.15724-261123-9999"})

    assert (locked.status_code, opened.status_code, wrong.status_code, unknown.status_code) == (429, 200, 404, 404)
    assert "phone" not in opened.json()


async def test_a_burst_gets_no_more_guesses_than_are_allowed(calling, extract):
    stranger = calling()

    async def guess(last4):
        params = {"code": extract["code"], "phone_last4": f"{last4:04d}"}
        return (await stranger.get("/v1/dossiers/track", params=params)).status_code

    answers = await asyncio.gather(*(guess(last4) for last4 in range(20)))

    assert sorted(answers) == [404] * 5 + [429] * 15


async def test_the_slips_code_opens_a_vietnamese_page_without_scripts_and_without_personal_data(
    calling, officer, world, extract
):
    await officer.post(f"/v1/dossiers/{extract['id']}/actions", json={"action": "accept"})
    params = {"code": extract["code"], "key": extract["tracking_key"]}

    page = await calling().get("/track", params=params)
    same = await calling().get("/v1/dossiers/track", params=params, headers={"Accept": "text/html,*/*;q=0.8"})
    plain = await calling().get("/v1/dossiers/track", params=params)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.text == same.text
    assert plain.json()["code"] == extract["code"]
    assert '<html lang="vi">' in page.text
    for text in (
        extract["code"],
        "Đã tiếp nhận",
        "Ủy ban nhân dân xã Đồng Tiến",
        "8.000 đồng, chưa nộp",
        'role="status"',
    ):
        assert text in page.text, text
    for secret in ("Nguyễn Văn Thử Bình", "0912345678", "5678", str(world.binh), extract["tracking_key"], "<script"):
        assert secret not in page.text, secret
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert len(page.content) < 8_000  # a second on a slow network


async def test_the_tracking_page_asks_for_what_is_missing_and_explains_what_is_wrong(calling, extract):
    stranger = calling()

    empty = await stranger.get("/track")
    half = await stranger.get("/track", params={"code": extract["code"]})
    wrong = [await stranger.get("/track", params={"code": extract["code"], "phone_last4": "0000"}) for _ in range(6)]
    hostile = await stranger.get("/track", params={"code": '"><script>alert(1)</script>'})

    assert (empty.status_code, half.status_code) == (200, 200)
    assert f'value="{extract["code"]}"' in half.text
    assert 'role="alert"' not in empty.text
    assert [answer.status_code for answer in wrong] == [404] * 5 + [429]
    assert "không khớp" in wrong[0].text
    assert "Tra cứu sai quá nhiều lần" in wrong[-1].text
    assert "<script>" not in hostile.text


async def test_every_state_of_a_dossier_has_words_on_the_tracking_page():
    from casework.model.lifecycle import Status
    from casework.pages import STATES

    assert set(STATES) == set(Status)
