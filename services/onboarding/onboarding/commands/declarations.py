"""What people declare: a step, an attribute seen in the village, a visit. Conditions gate it; units and bodies bound it."""

import base64
from uuid import UUID

from chassis.clock import local_date, now
from chassis.errors import FieldError, Forbidden, InvalidBody
from chassis.security.encryption import CipherContext, encrypt
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.onboarding import ResidentFactObserved, ResidentGuided
from onboarding.commands.journeys import add_evidence, recompute
from onboarding.errors import ConditionsMissing, NotYoursToConfirm, UnlicensedProvider
from onboarding.model.authority import KINDS_BY_ROLE, may_confirm
from onboarding.model.declarations import StepDeclaration
from onboarding.model.journey import missing_conditions
from onboarding.model.journeys import OpenJourney
from onboarding.model.observations import Observation, RecordedObservation
from onboarding.model.steps import catalogue
from onboarding.model.visits import Visit
from onboarding.queries.people import CYBER_PROTECTION_LICENCE, has_licence

OBSERVED_PHONE = CipherContext("onboarding", "fact_observed", "phone")


async def declare_step(session: Session, caller: Caller, opened: OpenJourney, declaration: StepDeclaration) -> bool:
    """Adds what a person declares; False when it changes nothing. Refuses what lacks its conditions or its authority.

    The caller stores the journey afterwards: a batch stores all of its journeys at once.
    """
    evidence = declaration.evidence(
        opened.resident.id,
        assisted=caller.role != "resident",
        had_bank_account=opened.resident.attributes.has_bank_account,
    )
    if evidence.id in opened.evidences:
        return False
    await _require_authority(session, caller, opened, declaration)
    if declaration.status != "revoked":
        _require_conditions(opened, declaration)
    add_evidence(opened, evidence, by=caller.account)
    return recompute(session, opened)


async def observe_attribute(session: Session, caller: Caller, opened: OpenJourney, observation: Observation) -> bool:
    """Counts a new smartphone or number here at once and publishes it for registry, which records it.

    False when the same observation was sent before, or when its content is known.
    """
    resident = opened.resident
    identity = observation.identity(resident.id)
    if await session.get(RecordedObservation, identity):
        return False
    session.add(_recorded(identity, caller, opened, observation))
    is_new = observation.name == "phone" or resident.holds(observation.name) != observation.value
    if observation.name != "phone":
        resident.observe(observation.name, bool(observation.value), now())
    elif observation.owner_verified and not is_phone_proposal(caller, opened, observation):
        resident.observe("owner_verified_phone", True, now())
    session.add(resident)
    await session.flush()
    publish(session, _observed(caller, opened, observation))
    return recompute(session, opened) or is_new


def is_phone_proposal(caller: Caller, opened: OpenJourney, observation: Observation) -> bool:
    """Whether a number is a proposal on which an officer decides: a volunteer's, beside one verified as the resident's own."""
    return observation.name == "phone" and caller.role == "volunteer" and opened.resident.holds("owner_verified_phone")


async def record_visit(session: Session, opened: OpenJourney, visit: Visit) -> bool:
    """Records that a resident was visited or guided; False when it was recorded before."""
    if await session.get(Visit, visit.id):
        return False
    resident = opened.resident
    session.add(visit)
    await session.flush()
    publish(
        session,
        ResidentGuided(
            resident_id=resident.id, unit_id=resident.unit_id, unit_code=resident.unit_code, at=visit.occurred_at,
            outcome=visit.outcome,
        ),
    )  # fmt: skip
    return True


async def _require_authority(
    session: Session, caller: Caller, opened: OpenJourney, declaration: StepDeclaration
) -> None:
    if declaration.kind not in KINDS_BY_ROLE.get(caller.role, frozenset()):
        raise Forbidden(
            f"Vai trò này không ghi nhận được minh chứng loại {declaration.kind}.",
            f"This role may not record evidence of the kind {declaration.kind}.",
        )
    # Who revokes a step takes back the level that it has.
    level = opened.state(declaration.step).level if declaration.status == "revoked" else declaration.level
    if not may_confirm(declaration.step, level, caller.body):
        raise NotYoursToConfirm()
    if catalogue().rule(declaration.step).licensed_provider and declaration.status != "revoked":
        await _require_licence(session, declaration)


async def _require_licence(session: Session, declaration: StepDeclaration) -> None:
    if not declaration.provider:
        raise InvalidBody(errors=[FieldError("/evidence/provider", "required", "Bắt buộc phải có.", "Field required")])
    on = local_date(declaration.occurred_at)
    if not await has_licence(session, declaration.provider, CYBER_PROTECTION_LICENCE, on):
        raise UnlicensedProvider()


def _require_conditions(opened: OpenJourney, declaration: StepDeclaration) -> None:
    on = local_date(declaration.occurred_at)
    evidences = opened.evidences.values()
    missing = missing_conditions(
        declaration.step, opened.resident.attributes, evidences, on, now(), declaration.account_kind
    )
    if missing:
        titles = [catalogue().rule(declaration.step).title_of(each) for each in missing]
        raise ConditionsMissing(
            "Còn thiếu: " + "; ".join(each.vi for each in titles) + ".",
            "Missing: " + "; ".join(each.en for each in titles) + ".",
            members={"missing": missing},
        )


def _recorded(identity: str, caller: Caller, opened: OpenJourney, observation: Observation) -> RecordedObservation:
    return RecordedObservation(
        id=identity, resident_id=opened.resident.id, name=observation.name, occurred_at=observation.occurred_at,
        recorded_by=caller.account, recorded_at=now(),
    )  # fmt: skip


def _observed(caller: Caller, opened: OpenJourney, observation: Observation) -> ResidentFactObserved:
    resident = opened.resident
    return ResidentFactObserved(
        resident_id=resident.id, unit_id=resident.unit_id, unit_code=resident.unit_code, at=observation.occurred_at,
        name=observation.name, value=observation.value, owner_verified=observation.owner_verified,
        sealed=_encrypted(resident.id, observation.phone) if observation.phone else None,
        observer="officer" if caller.role == "officer" else "volunteer",
    )  # fmt: skip


def _encrypted(resident_id: UUID, phone: str) -> str:
    return base64.b64encode(encrypt(OBSERVED_PHONE, str(resident_id), phone)).decode()
