"""The HTTP doors of casework."""

from casework.routes import dossiers, papers, procedures, tracking

ROUTERS = [procedures.router, tracking.router, dossiers.router, papers.router]
