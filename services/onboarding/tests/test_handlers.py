"""Events become journeys in any order and with any repeats."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.clock import frozen_at
from chassis.ids import new_id
from chassis.storage.database import Database
from contracts.onboarding import OrganizationStepCompleted, StepCompleted, StepRevoked, StepUpdated
from contracts.registry import (
    Attestation,
    OrganizationAttested,
    OrganizationRegistered,
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentUnmerged,
    ResidentUpdated,
)
from onboarding.commands.expiries import recompute_expired
from onboarding.model.journey import JourneyStep
from onboarding.model.people import KnownResident
from onboarding.queries.journeys import get_journey
from services.onboarding.tests.world import NOW, PURPOSE, Village, declared

Deliver = Callable[..., Any]


async def journey_of(database: Database, resident_id: UUID) -> dict[str, JourneyStep]:
    async with database.reading() as session:
        resident = await session.get_one(KnownResident, resident_id)
        return {state.step: state for state in (await get_journey(session, resident)).states()}


async def test_an_opened_account_completes_the_step_and_is_published(
    world: None, deliver: Deliver, published: Deliver, database: Database, village_1: Village
) -> None:
    resident = village_1.resident()

    await deliver(
        resident,
        village_1.attested(resident.resident_id, "payment_account.opened", account_index="a", account_kind="bank"),
    )

    state = (await journey_of(database, resident.resident_id))["payment_account"]
    assert (state.status, state.route) == ("completed", "open_account")
    [event] = await published(StepCompleted)
    assert (event.step, event.provider, event.unit_code, event.marks) == (
        "payment_account",
        "demo-bank",
        "15727-01",
        ["bank"],
    )


async def test_the_same_event_twice_is_published_once(
    world: None, deliver: Deliver, published: Deliver, village_1: Village
) -> None:
    resident = village_1.resident()
    event = village_1.attested(resident.resident_id, "payment_account.opened", account_index="a")

    await deliver(resident, event, event, resident)

    assert len(await published(StepCompleted)) == 1


async def test_an_attestation_may_come_before_its_resident(
    world: None, deliver: Deliver, database: Database, village_1: Village
) -> None:
    resident = village_1.resident()

    await deliver(village_1.attested(resident.resident_id, "vneid.activated", level=2), resident)

    state = (await journey_of(database, resident.resident_id))["vneid"]
    assert (state.status, state.level) == ("completed", 2)


async def test_the_last_closed_account_revokes_the_step(
    world: None, deliver: Deliver, published: Deliver, village_1: Village
) -> None:
    resident = village_1.resident()
    of = resident.resident_id

    await deliver(
        resident,
        village_1.attested(of, "payment_account.closed", day=9, account_index="a"),
        village_1.attested(of, "payment_account.opened", day=2, account_index="a"),
        village_1.attested(of, "payment_account.opened", day=3, account_index="b"),
        village_1.attested(of, "payment_account.closed", day=5, account_index="b"),
    )

    events = await published(StepCompleted, StepRevoked)
    assert isinstance(events[-1], StepRevoked)
    assert events[-1].at == datetime(2026, 1, 9, tzinfo=UTC)
    assert [event.version for event in events] == list(range(1, len(events) + 1))


async def test_vneid_issued_is_published_as_countable(
    world: None, deliver: Deliver, published: Deliver, village_1: Village
) -> None:
    resident = village_1.resident()

    await deliver(resident, village_1.attested(resident.resident_id, "vneid.issued", level=1))

    [event] = await published(StepUpdated)
    assert (event.status, event.marks) == ("in_progress", ["issued", "level_1"])


async def test_a_new_smartphone_makes_steps_ready(
    world: None, deliver: Deliver, database: Database, village_1: Village
) -> None:
    before = village_1.resident(has_smartphone=False)
    after = ResidentUpdated(**{**before.model_dump(), "version": 2, "has_smartphone": True})

    await deliver(before)
    assert (await journey_of(database, before.resident_id))["province_app"].status == "blocked"
    await deliver(after, before)

    assert (await journey_of(database, before.resident_id))["province_app"].status == "ready"


async def test_who_moves_is_counted_in_the_new_unit(
    world: None, deliver: Deliver, published: Deliver, village_1: Village, village_2: Village
) -> None:
    resident = village_1.resident()
    moved = ResidentMoved(
        **{
            **resident.model_dump(), "version": 2, "unit_id": village_2.unit.unit_id, "unit_code": "15727-02",
            "moved_on": "2026-02-01", "from_unit_id": village_1.unit.unit_id, "from_unit_code": "15727-01",
        }
    )  # fmt: skip

    await deliver(resident, moved, village_2.attested(resident.resident_id, "portal_account.created"))

    [event] = await published(StepCompleted)
    assert event.unit_code == "15727-02"


async def test_a_merged_record_gives_its_journey_to_the_survivor_and_takes_it_back(
    world: None, deliver: Deliver, database: Database, village_1: Village
) -> None:
    duplicate, survivor = village_1.resident(), village_1.resident()
    sent = {**duplicate.model_dump(), "survivor_id": survivor.resident_id}
    await deliver(duplicate, survivor, village_1.attested(duplicate.resident_id, "portal_account.created"))

    await deliver(ResidentMerged(**{**sent, "version": 2, "life": "merged"}))
    assert (await journey_of(database, survivor.resident_id))["portal_account"].status == "completed"
    await deliver(ResidentUnmerged(**{**sent, "version": 3, "life": "alive"}))

    assert (await journey_of(database, survivor.resident_id))["portal_account"].status == "blocked"
    assert (await journey_of(database, duplicate.resident_id))["portal_account"].status == "completed"


async def test_an_event_about_a_merged_record_counts_for_the_survivor(
    world: None, deliver: Deliver, database: Database, village_1: Village
) -> None:
    duplicate, survivor = village_1.resident(), village_1.resident()
    merged = ResidentMerged(
        **{**duplicate.model_dump(), "version": 2, "life": "merged", "survivor_id": survivor.resident_id}
    )

    await deliver(merged, survivor, village_1.attested(duplicate.resident_id, "portal_account.created"))

    assert (await journey_of(database, survivor.resident_id))["portal_account"].status == "completed"


async def test_a_death_is_kept(world: None, deliver: Deliver, database: Database, village_1: Village) -> None:
    resident = village_1.resident()

    await deliver(
        resident,
        ResidentDeceased(**{**resident.model_dump(), "version": 2, "life": "deceased", "deceased_on": "2026-02-02"}),
    )

    async with database.reading() as session:
        assert (await session.get_one(KnownResident, resident.resident_id)).life == "deceased"


async def test_an_organization_gets_the_app_by_its_tax_code(
    world: None, deliver: Deliver, published: Deliver, village_1: Village
) -> None:
    organization_id = new_id()
    unit = {"unit_id": village_1.unit.unit_id, "unit_code": "15727-01", "organization_id": organization_id}
    registered = OrganizationRegistered(
        **unit, version=1, at=NOW, kind="household_business", representative_id=None, owner_has_smartphone=True
    )
    sent = Attestation(
        event="app.installed", partner_id="demo-telecom", webhook_id="m1", occurred_at=NOW, app="province_app"
    )

    attested = OrganizationAttested(**unit, attestation=sent)

    await deliver(registered, attested, attested)

    [event] = await published(OrganizationStepCompleted)
    assert (event.organization_id, event.completed) == (organization_id, True)


async def test_an_expired_signature_is_revoked_by_the_scheduled_job(
    world: None, deliver: Deliver, published: Deliver, database: Database, village_1: Village
) -> None:
    from chassis.security.identity import Caller
    from onboarding.commands.declarations import declare_step
    from onboarding.commands.journeys import open_journey, store_journeys
    from onboarding.schemas.journeys import StepDeclared

    resident = village_1.resident()
    await deliver(resident, village_1.attested(resident.resident_id, "ekyc.passed"))
    body = StepDeclared.model_validate(declared(kind="document", reference="S1", valid_until="2026-06-30"))
    with frozen_at(NOW):
        async with database.transaction() as session:
            opened = await open_journey(session, resident.resident_id)
            assert opened
            await declare_step(
                session, Caller("officer", "a", unit_code="15724"), opened, body.declaration("digital_signature")
            )
            await store_journeys(session, [opened])

    with frozen_at(datetime(2026, 6, 30, 17, tzinfo=UTC)):
        async with database.transaction() as session:
            assert await recompute_expired(session) == 1

    [event] = await published(StepRevoked)
    assert event.at == datetime(2026, 6, 30, 17, tzinfo=UTC)


async def test_money_taken_for_a_free_step_is_flagged(
    world: None, deliver: Deliver, calling: Callable[..., Any], village_1: Village
) -> None:
    resident = village_1.resident()
    event = village_1.attested(
        resident.resident_id, "digital_signature.issued", certificate_serial="S1", fee_charged=50_000
    )
    await deliver(resident, event)

    [charge] = (await calling("officer", unit_code="15724").get("/v1/onboarding/charges", headers=PURPOSE)).json()[
        "items"
    ]

    assert (charge["charged"], charge["provider"], charge["step"]) == (50_000, "demo-bank", "digital_signature")
    assert (await calling("officer", unit_code="15061").get("/v1/onboarding/charges", headers=PURPOSE)).json()[
        "items"
    ] == []
