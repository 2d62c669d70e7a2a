"""Every operation for residents or organizations names the least level of their sign-in."""

from importlib import import_module

from chassis.web.routing import without_level
from contracts.services import EVERY_PROCESS, package_of


def test_no_operation_for_people_is_without_a_level() -> None:
    missing = {
        name: found
        for name in EVERY_PROCESS
        for router in import_module(f"{package_of(name)}.routes").ROUTERS
        if (found := without_level(router.routes))
    }

    assert missing == {}, "name it where the audience is: allow(..., level=1), or 2 for what the contract lists"
