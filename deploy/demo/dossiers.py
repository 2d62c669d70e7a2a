"""The demo's chosen services and some dossiers in different states."""

from __future__ import annotations

from datetime import date

from deploy.demo.door import Outsider
from deploy.demo.people import Person

CHOSEN = {"15724": 2, "15061": 5}


def load(outside: Outsider, everybody: list[Person], today: date) -> None:
    """Each commune chooses its services."""
    for commune, count in CHOSEN.items():
        officer = outside.officer(commune)
        procedures = outside.list_all("/v1/procedures")
        codes = [each["code"] for each in procedures if each["full_process"]]
        chosen = sorted(codes, key=lambda code: code != "2.000635")[:count]
        outside.ask("PUT", f"/v1/units/{commune}/procedures", json={"codes": chosen}, who=officer)
