"""Procedures, dossiers, feedback, documents, incidents."""
