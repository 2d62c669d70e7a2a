"""The tables of this service: counts by unit and day, the states they follow from, units' successions, filed copies."""

from reporting.model.counts import (
    CountAtBase,
    CountOnDay,
    EntityState,
    Projection,
    TotalAtBase,
    TotalOnDay,
    UnitChange,
)
from reporting.model.filed import AnnouncedCount, FiledReport, Snapshot
from reporting.model.table import Table
from reporting.model.units import Succession, TreeVersion

__all__ = [
    "AnnouncedCount",
    "CountAtBase",
    "CountOnDay",
    "EntityState",
    "FiledReport",
    "Projection",
    "Snapshot",
    "Succession",
    "Table",
    "TotalAtBase",
    "TotalOnDay",
    "TreeVersion",
    "UnitChange",
]
