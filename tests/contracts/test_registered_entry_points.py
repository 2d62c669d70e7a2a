"""Every module of routes and every event handler of a service is registered: one that is forgotten would do nothing."""

import pkgutil
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from fastapi import APIRouter

from contracts.services import EVERY_PROCESS, package_of


def modules_of(package: str) -> list[ModuleType]:
    """A module, or the modules of a package."""
    root = import_module(package)
    names = [found.name for found in pkgutil.iter_modules(getattr(root, "__path__", []), f"{package}.")]
    return [root, *map(import_module, names)]


@pytest.mark.parametrize("service", EVERY_PROCESS)
def test_every_router_is_listed_in_routers(service: str) -> None:
    listed = {id(router) for router in import_module(f"{package_of(service)}.routes").ROUTERS}
    forgotten = [
        module.__name__
        for module in modules_of(f"{package_of(service)}.routes")
        if isinstance(getattr(module, "router", None), APIRouter) and id(module.router) not in listed
    ]

    assert forgotten == [], f"add these routers to ROUTERS in {package_of(service)}/routes/__init__.py"


@pytest.mark.parametrize("service", EVERY_PROCESS)
def test_every_event_handler_is_listed_in_handlers(service: str) -> None:
    package = f"{package_of(service)}.handlers"
    listed: set[Any] = set(import_module(package).HANDLERS.values())
    forgotten = [
        f"{module.__name__}.{name}"
        for module in modules_of(package)
        for name, found in vars(module).items()
        if name.startswith("on_") and found.__module__ == module.__name__ and found not in listed
    ]

    assert forgotten == [], f"add these handlers to HANDLERS of {package}"
