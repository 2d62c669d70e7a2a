"""What follows new keys in the registry: encrypted columns and blind indexes (see `chassis.security.key_rotation`)."""

from collections.abc import Sequence

from chassis.security.encryption import decrypt_text
from chassis.security.key_rotation import Rotation, reencrypting
from chassis.storage.database import Session
from registry.commands.attestations import subject_of
from registry.commands.duplicates import check_later
from registry.commands.identifying import give_to_organization, give_to_residents, lock_subjects_once, subject
from registry.model.attestations import UNMATCHED_DATA, UnmatchedEvent, data_of
from registry.model.breaches import BREACH_ACCOUNT, DataBreach
from registry.model.facts import CORRECTION_VALUE, FACT_VALUE, Correction, FactRecord
from registry.model.organizations import ORGANIZATION_PHONE, TAX_CODE, Organization
from registry.model.residents import PLACES, Resident


async def _reindex_residents(session: Session, residents: Sequence[Resident]) -> None:
    numbered = [(subject("personal_id", r.value("personal_id")), r.id) for r in residents]
    owners = await lock_subjects_once(session, [who for who, _ in numbered])
    await give_to_residents(session, [(who, owner) for who, owner in numbered if owners[who.index].resident_id is None])
    for resident in residents:
        for name in ("phone", "social_insurance_no"):
            resident.put_index(name)
            session.add(resident)
    await check_later(session, [resident.id for resident in residents])


async def _reindex_organizations(session: Session, organizations: Sequence[Organization]) -> None:
    for organization in organizations:
        wanted = subject("tax_code", decrypt_text(TAX_CODE, str(organization.id), organization.tax_code))
        await lock_subjects_once(session, [wanted])
        await give_to_organization(session, wanted, organization.id)


async def _reindex_waiting(session: Session, waiting: Sequence[UnmatchedEvent]) -> None:
    for event in waiting:
        event.subject_index = subject_of(data_of(event)).index
        session.add(event)


ROTATIONS = (
    reencrypting(Resident, PLACES),
    reencrypting(Organization, {"tax_code": TAX_CODE, "phone": ORGANIZATION_PHONE}),
    reencrypting(FactRecord, {"value": FACT_VALUE}),
    reencrypting(Correction, {"value": CORRECTION_VALUE}),
    reencrypting(DataBreach, {"account": BREACH_ACCOUNT}),
    reencrypting(UnmatchedEvent, {"sealed": UNMATCHED_DATA}, row_id="delivery_id"),
    Rotation("index resident", Resident, _reindex_residents, follows="index"),
    Rotation("index organization", Organization, _reindex_organizations, follows="index"),
    Rotation("index unmatched_event", UnmatchedEvent, _reindex_waiting, follows="index"),
)
