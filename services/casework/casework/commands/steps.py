"""A dossier moves along its table, one recorded step after another."""

from casework.errors import IllegalAction
from casework.model.dossiers import Dossier, DossierStep, UndoState
from casework.model.fees import FeeAct
from casework.model.lifecycle import Action, Actor, Illegal, NotYours, Status
from chassis.clock import now
from chassis.errors import Forbidden
from chassis.ids import new_id
from chassis.security.identity import Caller
from chassis.storage.database import Session


def advance(dossier: Dossier, action: Action, actor: Actor) -> None:
    """Moves along the table: 409 naming what is legal, 403 for who may never do this."""
    try:
        if dossier.origin == "portal":
            raise Illegal(Status(dossier.status), action, ())
        dossier.advance(action, actor)
    except Illegal as illegal:
        raise IllegalAction(members={"legal": [legal.value for legal in illegal.legal]}) from illegal
    except NotYours as error:
        raise Forbidden() from error


def record_step(
    session: Session,
    dossier: Dossier,
    caller: Caller | None,
    action: Action | FeeAct,
    before: str,
    note: str | None = None,
    *,
    undo: UndoState | None = None,
) -> DossierStep:
    """Adds a line to the dossier's history; without a caller the platform acted. With `undo` it can be reverted."""
    step = DossierStep(
        id=new_id(),
        dossier_id=dossier.id,
        action=action.value,
        before=before,
        after=dossier.status,
        at=dossier.changed_at,
        actor=caller.account if caller else "platform",
        role=caller.role if caller else "platform",
        unit_code=dossier.unit_code,
        undo=undo.model_dump(mode="json") if undo else None,
    )
    step.write(note)
    session.add(step)
    return step


def mark_changed(dossier: Dossier) -> None:
    """Counts one more version, as of now."""
    dossier.version += 1
    dossier.changed_at = now()
