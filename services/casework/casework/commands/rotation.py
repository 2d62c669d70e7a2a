"""What follows new keys in casework (see `chassis.security.key_rotation`).

The marks of anonymous feedback are not indexed again, because the sender is unknown: keep the old key in `PII_INDEX_KEYS`
until that feedback is closed.
"""

from casework.commands.marking import MARKS_FOLLOW_KEYS
from casework.model.documents import ANNEX, BODY, FILE, ISSUING, STATUS_NOTE, SUBJECT, Document, DocumentFile
from casework.model.dossier_papers import PAPER, PAPER_NAME, RESULT, Attachment, DossierResult
from casework.model.dossiers import DESK_PAPER, FORM, NOTE, Dossier, DossierStep
from casework.model.feedback import ANSWER, FEEDBACK_NOTE, PHOTO, TEXT, Feedback, FeedbackPhoto, FeedbackStep
from casework.model.incidents import TEXTS, Incident
from chassis.security.key_rotation import reencrypting

FILES = 50
"""Rows with whole files are taken in smaller batches."""

ROTATIONS = (
    reencrypting(Incident, {"texts": TEXTS}),
    reencrypting(Dossier, {"form": FORM, "desk_paper": DESK_PAPER}),
    reencrypting(DossierStep, {"note": NOTE}),
    reencrypting(Attachment, {"name": PAPER_NAME, "content": PAPER}, batch=FILES),
    reencrypting(DossierResult, {"content": RESULT}, batch=FILES),
    reencrypting(Feedback, {"text": TEXT, "answer": ANSWER}),
    reencrypting(FeedbackStep, {"note": FEEDBACK_NOTE}),
    reencrypting(FeedbackPhoto, {"content": PHOTO}, batch=FILES),
    reencrypting(
        Document,
        {"subject": SUBJECT, "status_note": STATUS_NOTE, "body": BODY, "content": FILE, "issuing": ISSUING},
        batch=FILES,
    ),
    reencrypting(DocumentFile, {"content": ANNEX}, batch=FILES),
    *MARKS_FOLLOW_KEYS,
)
