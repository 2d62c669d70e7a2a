"""Contents of the slips that an office owes an applicant beside the receipt: supplement, refusal, apology, transfer."""

from collections.abc import Sequence
from datetime import datetime

from casework.model.dossiers import Dossier, DossierStep, UndoState
from casework.model.fees import FeeStatus
from casework.model.forms import masked
from casework.model.lifecycle import Action
from casework.procedures import load_catalogue
from casework.queries.dossiers import list_steps
from casework.queries.people import full_name
from casework.queries.slips import (
    called,
    dong,
    moment,
    place_of,
    subject_of,
    text_of,
    tracking_page,
    tracking_url,
)
from casework.settings import get_settings
from casework.slip import HandOver, Letterhead, Notice, NoticeKind, TransferSlip
from chassis.clock import HO_CHI_MINH
from chassis.errors import NotFound
from chassis.security.scope import find_unit, units_of
from chassis.storage.database import ReadSession
from province import get_pack

KIND_OF_ACTION: dict[str, NoticeKind] = {
    Action.REQUEST_SUPPLEMENT.value: "supplement",
    Action.REFUSE.value: "refusal",
    Action.REJECT.value: "stop",
    Action.EXTEND.value: "apology",
}


async def get_notice(
    session: ReadSession, dossier: Dossier, *kinds: NoticeKind, sees_subject: bool, missing: Sequence[str] = ()
) -> Notice:
    """The newest notice of these kinds; NotFound where there is none, or where its action was taken back. `missing` are the
    codes of papers that a supplement still lacks."""
    steps = [step for step in await list_steps(session, dossier.id) if step.undone_by is None]
    found = [number for number, step in enumerate(steps) if KIND_OF_ACTION.get(step.action) in kinds]
    if not found:
        raise NotFound()
    step, later = steps[found[-1]], steps[found[-1] + 1 :]
    kind = KIND_OF_ACTION[step.action]
    procedure = load_catalogue(get_settings().procedures_dir)[dossier.procedure_code]
    rules, form, place = procedure.version_on(dossier.rules_on), dossier.entries(), await place_of(session, dossier)
    return Notice(
        head=await _head(session, dossier, step.at),
        kind=kind,
        applicant=text_of(form, "organization_name") or text_of(form, "full_name"),
        address=text_of(form, "permanent_address") or text_of(form, "address_line"),
        phone=masked(text_of(form, "phone")),
        identity_number=masked(text_of(form, "personal_id")),
        procedure=f"{procedure.name.vi} ({procedure.code})",
        subject=subject_of(dossier, form, rules, sees_subject=sees_subject),
        subject_called=called(rules),
        unit_short=f"Ủy ban nhân dân {place}",
        desk=f"Trung tâm Phục vụ hành chính công {place}",
        reason=step.read() or "",
        received_at=moment(dossier.received_at or dossier.submitted_at),
        is_received=dossier.received_at is not None,
        due_at=moment(_promised_after(dossier, later)) if kind == "apology" else "",
        previous_due_at=moment(_promised_before(step)) if kind == "apology" else "",
        missing=tuple(paper.label.vi for paper in rules.documents if paper.code in missing),
        fee_note=_fee_note(dossier),
    )


async def get_transfer_slip(session: ReadSession, dossier: Dossier) -> TransferSlip:
    """The ways of a dossier between units; NotFound for one that stayed where it was filed."""
    transfers = [
        step
        for step in await list_steps(session, dossier.id)
        if step.undone_by is None and step.action == Action.TRANSFER
    ]
    if not transfers:
        raise NotFound()
    procedure = load_catalogue(get_settings().procedures_dir)[dossier.procedure_code]
    giver = receiving = await _receiving(session, dossier)
    lines = []
    for step in transfers:
        taker = await _named(session, step.unit_code or dossier.unit_code)
        lines.append(HandOver(giver, taker, moment(step.at), step.read() or ""))
        giver = taker
    return TransferSlip(
        head=await _head(session, dossier, transfers[-1].at),
        procedure=f"{procedure.name.vi} ({procedure.code})",
        receiving_unit=receiving,
        deciding_unit=giver,
        received_at=moment(dossier.received_at or dossier.submitted_at),
        due_at=moment(dossier.due_at) if dossier.due_at else "sau khi hồ sơ được tiếp nhận",
        transfers=tuple(lines),
    )


def written_on(at: datetime) -> str:
    """A day as official documents write it: days below 10 and the months 1 and 2 with a leading zero (Decree 30/2020/NĐ-CP)."""
    day = at.astimezone(HO_CHI_MINH)
    month = f"{day.month:02d}" if day.month <= 2 else f"{day.month}"
    return f"ngày {day:%d} tháng {month} năm {day.year}"


def _promised_before(step: DossierStep) -> datetime | None:
    return UndoState.model_validate(step.undo).due_at if step.undo else None


def _promised_after(dossier: Dossier, later: Sequence[DossierStep]) -> datetime | None:
    """The date that the apology gave: what the next action of an officer found, or what holds now."""
    following = next((step for step in later if step.undo), None)
    return _promised_before(following) if following else dossier.due_at


def _fee_note(dossier: Dossier) -> str:
    if dossier.fee_status != FeeStatus.TO_REFUND:
        return ""
    return f"Khoản phí, lệ phí đã nộp ({dong(dossier.fee_amount)}) được ghi nhận để hoàn trả."


async def _head(session: ReadSession, dossier: Dossier, at: datetime) -> Letterhead:
    unit = (await units_of(session, [dossier.unit_id])).get(dossier.unit_id)
    return Letterhead(
        unit_name=f"Ủy ban nhân dân {await place_of(session, dossier)}",
        superior_name=get_pack().authority,
        code=dossier.code or "",
        place=unit.name if unit else dossier.unit_code,
        written_on=written_on(at),
        tracking_url=tracking_url(dossier),
        tracking_page=tracking_page(),
    )


async def _receiving(session: ReadSession, dossier: Dossier) -> str:
    unit_id = dossier.receiving_unit_id or dossier.unit_id
    unit = (await units_of(session, [unit_id])).get(unit_id)
    return full_name(unit) if unit else dossier.unit_code


async def _named(session: ReadSession, code: str) -> str:
    unit = await find_unit(session, code)
    return full_name(unit) if unit else code
