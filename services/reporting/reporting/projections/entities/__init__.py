"""What is counted: one class per kind of person or thing, with the events that change it and the counters it contributes to.

A field that a release adds has a default, and no field changes its type: code of two releases runs side by side.
"""

import importlib
import pkgutil
from collections.abc import Mapping

from contracts.event import Event
from reporting.projections.subscriptions import SUBSCRIPTIONS, StateChange

__all__ = ["subscriptions"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")


def subscriptions() -> Mapping[type[Event], StateChange]:
    """By event class, the entity that it changes."""
    return SUBSCRIPTIONS
