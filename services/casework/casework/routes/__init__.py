"""The HTTP routes of casework."""

from casework.routes import documents, dossiers, feedback, incidents, papers, procedures, tracking

ROUTERS = [
    procedures.router,
    tracking.router,  # before the dossiers: /track is no id
    dossiers.router,
    papers.router,
    feedback.router,
    documents.router,
    incidents.router,
]
