"""A small named world: the commune Đồng Tiến with two villages, a neighbour, some residents, the sandbox partners."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis.runtime import Service
from chassis.testing import unit_event
from contracts.gateway import Licence, PartnerChanged
from contracts.registry import UnitChanged
from services.onboarding.tests.reform import Reform, the_two_plans
from services.onboarding.tests.world import NOW, Village


@pytest.fixture(scope="session")
def service() -> Service:
    from onboarding.app import service

    return service


@pytest.fixture
def commune() -> UnitChanged:
    return unit_event("15724", parents=("38",), name="Xã Đồng Tiến")


@pytest.fixture
def village_1() -> Village:
    return Village(unit_event("15727-01", parents=("38", "15724"), name="Thôn 1"))


@pytest.fixture
def village_2() -> Village:
    return Village(unit_event("15727-02", parents=("38", "15724"), name="Thôn 2"))


@pytest.fixture
def neighbour() -> Village:
    return Village(unit_event("15061-01", parents=("38", "15061"), name="Phố Một"))


@pytest.fixture
def telecom() -> PartnerChanged:
    return PartnerChanged(
        partner_id="demo-telecom", version=1, name="Viễn thông thử", active=True, allowed_types=[],
        licences=[Licence(kind="cyber_protection")], agreements=[], at=NOW,
    )  # fmt: skip


@pytest.fixture
async def world(
    deliver: Callable[..., Any], commune: UnitChanged, village_1: Village, village_2: Village, neighbour: Village,
    telecom: PartnerChanged,
) -> None:  # fmt: skip
    """The service knows the units and of the licensed telecom."""
    province = unit_event("38", parents=(), name="Tỉnh Thanh Hóa")
    town = unit_event("15061", parents=("38",), name="Xã Ngọc Lặc")
    await deliver(province, commune, town, village_1.unit, village_2.unit, neighbour.unit, telecom)


@pytest.fixture
def reform() -> Reform:
    return the_two_plans()


@pytest.fixture
async def units(deliver: Callable[..., Any], reform: Reform) -> None:
    """The service knows the units of the two plans, in both generations."""
    await deliver(*reform.units.values())
