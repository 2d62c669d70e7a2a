"""What follows new keys in the registry: encrypted columns and blind indexes (see `chassis.security.key_rotation`)."""

from collections.abc import Sequence

from chassis.security.key_rotation import Rotation, reencrypting
from chassis.security.sign_in import Claims
from chassis.storage.database import Session
from registry.commands.attestations import subject_of
from registry.commands.duplicates import queue_duplicate_check
from registry.commands.identifier_locks import assign_to_organization, assign_to_residents, lock_subjects_once, subject
from registry.commands.identity_links import publish_link
from registry.model.access import ACCESS_REASON, AccessReason
from registry.model.breaches import BREACH_ACCOUNT, DataBreach
from registry.model.consents import CONSENT_EVIDENCE, Consent
from registry.model.identity_links import LINK_REASON, LINK_SUBJECT, IdentityLink
from registry.model.move_requests import MOVE_DECISION, MOVE_PERSON, MOVE_REASON, MoveRequest
from registry.model.organizations import CLAIM_REASON, ORGANIZATION_PHONE, TAX_CODE, Organization, RepresentativeClaim
from registry.model.provenance import (
    ATTRIBUTE_VALUE,
    CORRECTION_NOTE,
    CORRECTION_REASON,
    CORRECTION_VALUE,
    AttributeRecord,
    Correction,
)
from registry.model.registrations import REGISTRATION_DETAILS, REGISTRATION_NOTE, Registration
from registry.model.representations import REPRESENTATION_PAPER, REPRESENTATION_REASON, Representation
from registry.model.residents import ENCRYPTED_COLUMNS, Resident
from registry.model.unmatched import UNMATCHED_DATA, UnmatchedEvent, data_of
from registry.queries.identity_links import survivor_of


async def _reindex_residents(session: Session, residents: Sequence[Resident]) -> None:
    numbered = [(subject("personal_id", r.value("personal_id")), r.id) for r in residents]
    owners = await lock_subjects_once(session, [who for who, _ in numbered])
    await assign_to_residents(
        session, [(who, owner) for who, owner in numbered if owners[who.newest].resident_id is None]
    )
    for resident in residents:
        for name in ("phone", "social_insurance_no"):
            resident.put_index(name)
            session.add(resident)
    await queue_duplicate_check(session, [resident.id for resident in residents])


async def _reindex_organizations(session: Session, organizations: Sequence[Organization]) -> None:
    for organization in organizations:
        wanted = subject("tax_code", organization.decrypted_tax_code())
        await lock_subjects_once(session, [wanted])
        await assign_to_organization(session, wanted, organization.id)


async def _reindex_waiting(session: Session, waiting: Sequence[UnmatchedEvent]) -> None:
    for event in waiting:
        event.subject_index = subject_of(data_of(event)).newest
        session.add(event)


async def _reindex_links(session: Session, links: Sequence[IdentityLink]) -> None:
    for link in links:
        link.subject_index = Claims(link.issuer, link.decrypted_subject()).subject_index()
        session.add(link)
        if link.ended_at is None and (resident := await survivor_of(session, link.resident_id)):
            publish_link(session, link, resident)


ROTATIONS = (
    reencrypting(Resident, ENCRYPTED_COLUMNS),
    reencrypting(Organization, {"tax_code": TAX_CODE, "phone": ORGANIZATION_PHONE}),
    reencrypting(AttributeRecord, {"value": ATTRIBUTE_VALUE}),
    reencrypting(
        Correction,
        {"value": CORRECTION_VALUE, "reason_encrypted": CORRECTION_REASON, "decision_note_encrypted": CORRECTION_NOTE},
    ),
    reencrypting(Consent, {"evidence_encrypted": CONSENT_EVIDENCE}),
    reencrypting(AccessReason, {"reason": ACCESS_REASON}),
    reencrypting(RepresentativeClaim, {"reason": CLAIM_REASON}),
    reencrypting(IdentityLink, {"subject": LINK_SUBJECT, "end_reason": LINK_REASON}),
    reencrypting(Representation, {"paper": REPRESENTATION_PAPER, "end_reason": REPRESENTATION_REASON}),
    reencrypting(Registration, {"details": REGISTRATION_DETAILS, "note": REGISTRATION_NOTE}),
    reencrypting(MoveRequest, {"person": MOVE_PERSON, "reason": MOVE_REASON, "decision_reason": MOVE_DECISION}),
    reencrypting(DataBreach, {"account": BREACH_ACCOUNT}),
    reencrypting(UnmatchedEvent, {"sealed": UNMATCHED_DATA}, row_id="delivery_id"),
    Rotation("index resident", Resident, _reindex_residents, follows="index"),
    Rotation("index organization", Organization, _reindex_organizations, follows="index"),
    Rotation("index identity_link", IdentityLink, _reindex_links, follows="index"),
    Rotation("index unmatched_event", UnmatchedEvent, _reindex_waiting, follows="index"),
)
