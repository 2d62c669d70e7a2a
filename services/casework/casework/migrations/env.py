from casework import model
from casework.model import chosen, documents, dossiers, feedback, incidents, people
from chassis.storage.migrations import run_environment

__all__ = ["chosen", "documents", "dossiers", "feedback", "incidents", "people"]

run_environment(model.metadata)
