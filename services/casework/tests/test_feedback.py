"""Feedback from sending to rating, named and anonymous, late and in time."""

import base64
from datetime import datetime

import pytest
from sqlalchemy import text

from casework.commands.feedback import escalate_feedback
from chassis.clock import frozen_at
from contracts.access import AccessRecorded
from contracts.casework import FeedbackAnswered, FeedbackChanged, FeedbackReceived

MONDAY = datetime.fromisoformat("2026-11-02T09:00:00+07:00")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
TEXT = "Đèn đường ở đầu thôn một bị hỏng đã ba tuần, buổi tối rất tối, đề nghị xã sửa"


@pytest.fixture
def feedback_officer(officer):
    officer.headers["X-Purpose"] = "feedback"
    return officer


async def send(client, **more):
    body = {"unit_code": "15724", "category": "field", "text": TEXT} | more
    answer = await client.post("/v1/feedback", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def act(client, feedback, action, **more):
    return await client.post(f"/v1/feedback/{feedback['id']}/actions", json={"action": action, **more})


async def test_feedback_is_answered_published_and_rated(binh, feedback_officer, calling, world, published):
    with frozen_at(MONDAY):
        feedback = await send(binh)
        assert feedback["status"] == "received"
        assert feedback["due_at"] == "2026-11-23T17:00:00+07:00"
        await act(feedback_officer, feedback, "assign", assignee="officer-2")
        answered = (await act(feedback_officer, feedback, "answer", text="Đã thay bóng đèn")).json()
        assert (answered["is_on_time"], answered["publish_due_at"]) == (True, "2026-11-04T17:00:00+07:00")
        await act(feedback_officer, feedback, "publish")
        rated = (await act(binh, feedback, "rate", rating=5)).json()
        assert (rated["status"], rated["rating"]) == ("published", 5)

    public = (await calling("resident", resident_id=world.an).get("/v1/feedback/published")).json()["items"]
    assert [(item["text"], item["answer"]) for item in public] == [(TEXT, "Đã thay bóng đèn")]
    assert "resident_id" not in public[0]
    received, answer, *_ = await published(FeedbackReceived, FeedbackAnswered)
    assert (received.resident_id, answer.is_on_time) == (world.binh, True)
    assert TEXT not in received.model_dump_json()


async def test_anonymous_feedback_has_no_author_and_its_author_can_return_to_it(
    binh, feedback_officer, calling, world, database, published
):
    feedback = await send(binh, anonymous=True, category="conduct")

    seen = (await feedback_officer.get(f"/v1/feedback/{feedback['id']}", headers={"X-Purpose": ""})).json()
    mine = await binh.get(f"/v1/feedback/{feedback['id']}")
    stranger = await calling("resident", resident_id=world.lan).get(f"/v1/feedback/{feedback['id']}")
    await act(feedback_officer, feedback, "answer", text="Đã nhắc nhở cán bộ")
    reopened = await act(binh, feedback, "reopen", note="Chưa thỏa đáng")

    assert (seen["anonymous"], seen["resident_id"]) == (True, None)
    assert mine.status_code == 200
    assert stranger.status_code == 404
    assert reopened.json()["status"] == "assigned"
    async with database.reading() as session:
        everything = (
            await session.execute(text("SELECT feedback::text, feedback_step::text FROM feedback, feedback_step"))
        ).all()
    assert str(world.binh) not in str(everything)
    assert "binh" not in str(everything)
    assert [event.resident_id for event in await published(FeedbackReceived)] == [None]


async def test_reading_what_a_named_resident_wrote_needs_a_purpose_and_is_logged(binh, officer, world, published):
    feedback = await send(binh)
    del officer.headers["X-Purpose"]

    assert (await officer.get(f"/v1/feedback/{feedback['id']}")).status_code == 428
    await officer.get(f"/v1/feedback/{feedback['id']}", headers={"X-Purpose": "feedback"})

    assert [entry.resident_id for entry in await published(AccessRecorded)] == [world.binh]


async def test_an_illegal_action_names_the_legal_ones(binh, feedback_officer, world):
    feedback = await send(binh)

    refused = await act(feedback_officer, feedback, "publish")

    assert refused.status_code == 409
    assert set(refused.json()["legal"]) == {"assign", "transfer", "refuse", "request_supplement", "answer"}
    assert (await act(feedback_officer, feedback, "rate", rating=1)).status_code == 403


async def test_an_officer_who_filed_feedback_for_a_resident_can_also_handle_it(feedback_officer, world):
    feedback = await send(feedback_officer)

    assert (await act(feedback_officer, feedback, "assign", assignee="officer-2")).status_code == 200
    assert (await act(feedback_officer, feedback, "answer", answer="Đã xử lý")).status_code == 200
    assert (await act(feedback_officer, feedback, "rate", rating=4)).json()["rating"] == 4


async def test_a_passed_deadline_escalates_by_itself_and_survives_a_restart(
    binh, feedback_officer, world, database, published
):
    with frozen_at(MONDAY):
        feedback = await send(binh)

    async def escalate(moment):
        with frozen_at(datetime.fromisoformat(moment)):
            async with database.transaction() as session:
                return await escalate_feedback(session)

    assert await escalate("2026-11-23T17:00:00+07:00") == 0
    assert await escalate("2026-11-23T17:01:00+07:00") == 1
    assert await escalate("2026-11-23T17:02:00+07:00") == 0
    assert await escalate("2026-11-26T17:01:00+07:00") == 1  # two working days on, the 24th is a holiday
    assert await escalate("2026-11-30T17:01:00+07:00") == 1
    assert await escalate("2027-01-30T17:01:00+07:00") == 0

    with frozen_at(datetime.fromisoformat("2026-11-24T09:00:00+07:00")):
        late = (await feedback_officer.get("/v1/feedback", params={"overdue": True})).json()["items"]
    assert [item["id"] for item in late] == [feedback["id"]]
    assert [event.escalation for event in await published(FeedbackChanged)] == [1, 2, 3]


async def test_a_late_answer_is_late_and_a_late_refusal_too(binh, feedback_officer, world):
    with frozen_at(MONDAY):
        one, other = (
            await send(binh),
            await send(binh, text="Thủ tục khai sinh phải nộp quá nhiều giấy tờ không cần thiết"),
        )
    with frozen_at(datetime.fromisoformat("2026-11-05T09:00:00+07:00")):
        refused = (await act(feedback_officer, one, "refuse", note="Không thuộc thẩm quyền")).json()
    with frozen_at(datetime.fromisoformat("2026-11-25T09:00:00+07:00")):
        answered = (await act(feedback_officer, other, "answer", note="Đã cắt giảm")).json()

    assert (refused["is_on_time"], answered["is_on_time"]) == (False, False)


async def test_a_transfer_moves_it_to_the_competent_unit_and_starts_the_clock_anew(
    binh, feedback_officer, calling, world
):
    with frozen_at(MONDAY):
        feedback = await send(binh)
    with frozen_at(datetime.fromisoformat("2026-11-05T09:00:00+07:00")):
        moved = (await act(feedback_officer, feedback, "transfer", unit_code="15061")).json()

    assert (moved["unit_code"], moved["due_at"]) == ("15061", "2026-11-27T17:00:00+07:00")
    assert (await feedback_officer.get(f"/v1/feedback/{feedback['id']}")).status_code == 404
    neighbour = calling("officer", unit_code="15061")
    assert (await neighbour.get("/v1/feedback")).json()["items"][0]["id"] == feedback["id"]


async def test_similar_feedback_is_suggested(binh, feedback_officer, calling, world):
    first = await send(binh)
    other = await send(calling("resident", resident_id=world.lan), text=TEXT.replace("rất tối", "rất là tối"))
    await send(binh, text="Cán bộ một cửa phục vụ rất tốt")

    seen = (await feedback_officer.get(f"/v1/feedback/{other['id']}")).json()

    assert [item["id"] for item in seen["similar"]] == [first["id"]]
    assert seen["similar"][0]["likeness"] > 0.5
    closed = await act(feedback_officer, other, "answer", text="Như phản ánh trước")
    assert closed.status_code == 200
    done = await act(feedback_officer, other, "close", duplicate_of=first["id"])
    assert done.json()["status"] == "closed"


async def test_photographs_come_along_and_lie_encrypted(binh, world, database):
    feedback = await send(binh, attachments=[{"content": base64.b64encode(PNG).decode()}])

    photo = await binh.get(f"/v1/feedback/{feedback['id']}/attachments/{feedback['attachments'][0]['id']}")

    assert (photo.content, photo.headers["content-type"]) == (PNG, "image/png")
    async with database.reading() as session:
        assert PNG not in (await session.execute(text("SELECT content FROM feedback_photo"))).scalar_one()
    refused = await binh.post(
        "/v1/feedback",
        json={"unit_code": "15724", "category": "field", "text": "x", "attachments": [{"content": "không phải"}]},
    )
    assert refused.json()["errors"][0]["pointer"] == "/attachments/0/content"
