"""Notifications of the documents and incidents that concern a person."""

from datetime import UTC, datetime

from chassis.ids import new_id
from contracts.casework import DocumentChanged, DocumentSent, IncidentChanged

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


async def test_people_are_notified_once_of_each_document_and_resolved_incident(calling, deliver, world):
    somebody, letter, answer, fault = new_id(), new_id(), new_id(), new_id()
    incident = {
        "incident_id": fault, "unit_id": new_id(), "unit_code": "15724", "system": "app", "severity": "low", "at": NOW,
        "reported_at": NOW, "reporter_id": somebody,
    }  # fmt: skip
    events = [
        DocumentSent(
            document_id=letter, version=1, status="arrived", at=NOW, sender_id=somebody, recipient_unit_code="15724"
        ),
        DocumentChanged(document_id=letter, version=2, status="received", at=NOW, sender_id=somebody),
        DocumentChanged(document_id=letter, version=3, status="completed", at=NOW, sender_id=somebody),
        DocumentSent(
            document_id=answer, version=1, status="arrived", at=NOW, sender_unit_code="15724", recipient_id=somebody
        ),
        IncidentChanged(**incident, version=2, status="assigned"),
        IncidentChanged(**incident, version=3, status="resolved"),
        IncidentChanged(**incident | {"reporter_id": None}, version=4, status="resolved"),
    ]

    await deliver(*events, *events)

    mine = calling("resident", resident_id=somebody, subject="somebody")
    items = (await mine.get("/v1/notifications")).json()["items"]
    assert sorted((each["kind"], each["about"]["id"]) for each in items) == sorted(
        [("document_settled", str(letter)), ("document_arrived", str(answer)), ("incident_resolved", str(fault))]
    )
    assert all(each["text"] for each in items)
