"""Days of an act that cannot be: before their beginning, or tomorrow."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from chassis.clock import now, today
from onboarding.schemas.campaigns import FilingCreate, FilingPatch, StepPatch, TaskPatch
from onboarding.schemas.evidence import ModelCreate, ModelPatch, OfficialSignatureCreate, OfficialSignaturePatch
from onboarding.schemas.journeys import StepDeclared
from onboarding.schemas.teams import MemberBody

TOMORROW = (today() + timedelta(days=1)).isoformat()
FILING = {"kind": "final", "to": "UBND tỉnh", "due_on": "2026-11-30"}
MEMBER = {"body": "youth_union", "from": "2026-02-01"}
PROOF = {"status": "completed", "occurred_at": "2026-11-02T09:00:00+07:00"}


@pytest.mark.parametrize(
    ("body", "sent", "field", "code"),
    [
        (FilingCreate, FILING | {"filed_on": TOMORROW}, "filed_on", "in-the-future"),
        (FilingPatch, {"filed_on": TOMORROW}, "filed_on", "in-the-future"),
        (StepPatch, {"done_on": TOMORROW}, "done_on", "in-the-future"),
        (TaskPatch, {"done_on": TOMORROW}, "done_on", "in-the-future"),
        (ModelCreate, {"body": "youth_union", "title": "a", "started_on": TOMORROW}, "started_on", "in-the-future"),
        (ModelPatch, {"started_on": TOMORROW}, "started_on", "in-the-future"),
        (OfficialSignatureCreate, {"position": "a", "issued_on": TOMORROW}, "issued_on", "in-the-future"),
        (OfficialSignaturePatch, {"returned_on": TOMORROW}, "returned_on", "in-the-future"),
        (OfficialSignatureCreate, {"position": "a", "requested_on": "2026-02-02", "issued_on": "2026-02-01"}, "issued_on",
         "before-start"),
        (MemberBody, MEMBER | {"to": "2026-01-31"}, "to", "before-start"),
        (StepDeclared, PROOF | {"evidence": {"kind": "document", "valid_until": "2026-11-01"}}, None, "before-start"),
    ],
)  # fmt: skip
def test_it_is_refused_by_its_field(body: type[BaseModel], sent: dict[str, Any], field: str | None, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        body.model_validate(sent)

    assert [(next(iter(one["loc"]), None), one["type"]) for one in refused.value.errors()] == [(field, code)]


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (FilingCreate, FILING | {"filed_on": today().isoformat()}),
        (MemberBody, MEMBER | {"to": "2026-02-01"}),
        (StepDeclared, PROOF | {"evidence": {"kind": "document", "valid_until": "2026-11-02"}}),
        (
            StepDeclared,
            PROOF | {"occurred_at": now().isoformat(), "evidence": {"kind": "document", "valid_until": None}},
        ),
    ],
)
def test_the_same_day_is_in_order(body: type[BaseModel], sent: dict[str, Any]) -> None:
    body.model_validate(sent)
