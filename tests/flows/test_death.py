"""A death that a dossier registered, through every service: the resident is deceased in each of them.

Told by the generated Python client (`conftest.py`).
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest

from deploy.demo.api_client import eventually

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole platform and its demo

COMMUNE = "15724"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DEATH = {"relation": "child", "died_on": "2026-01-05", "died_at_place": "Tại nhà"}


class Approved(NamedTuple):
    """An approved registration of a death: who decided it, and whose death it is."""

    officer: Any
    parent: Any


def declare(bakhong_api: Any, officer: Any, serial: int) -> Any:
    person = bakhong_api.RegistryResidentCreate(
        personal_id=f"038050{serial:06d}", id_document="can_cuoc", full_name="Người Thử Ông",
        date_of_birth=date(1950, 3, 4), sex="male", unit_code="15727-02", phone=f"0989{serial:06d}",
    )  # fmt: skip
    return bakhong_api.ResidentsApi(officer).create_resident(person).id


@pytest.fixture(scope="module")
def approved(bakhong_api: Any, client: Callable[..., Any]) -> Approved:
    officer = client(role="officer", unit_code=COMMUNE)
    child, parent = (declare(bakhong_api, officer, serial) for serial in (300_001, 300_002))
    dossiers = bakhong_api.DossiersApi(officer)
    wanted = bakhong_api.CaseworkDossierCreate(procedure_code="1.000656", resident_id=child, subject_id=parent)
    dossier = dossiers.create_dossier(wanted, x_purpose="dossier")
    procedure = bakhong_api.ProceduresApi(client()).get_procedure("1.000656")
    kinds = {field.name: field.type for field in procedure.fields}
    typed = {name: "2020-01-01" if kinds[name] == "date" else "Xã Đồng Tiến" for name in dossier.missing} | DEATH
    filled = bakhong_api.CaseworkDossierFillIn(fields=typed)
    dossiers.update_dossier(dossier.id, filled, x_purpose="dossier")
    dossiers.create_attachment(dossier.id, ("a.pdf", PDF))
    dossiers.submit_dossier(dossier.id)
    for action in ("accept", "approve"):
        dossiers.act_on_dossier(dossier.id, bakhong_api.CaseworkDossierAct(action=action))
    return Approved(officer, parent)


def test_the_registry_makes_the_resident_deceased(bakhong_api: Any, approved: Approved) -> None:
    residents = bakhong_api.ResidentsApi(approved.officer)

    def deceased() -> Any:
        seen = residents.get_resident(approved.parent, x_purpose="dossier")
        return seen if seen.status == "deceased" else None

    found = eventually(deceased)
    assert found, "the registry did not receive the death"
    assert found.deceased_on == date(2026, 1, 5)


def test_no_one_applies_in_the_name_of_the_deceased_afterwards(bakhong_api: Any, approved: Approved) -> None:
    wanted = bakhong_api.CaseworkDossierCreate(procedure_code="2.000635", resident_id=approved.parent)

    def refused() -> Any:
        try:
            bakhong_api.DossiersApi(approved.officer).create_dossier(wanted, x_purpose="dossier")
        except bakhong_api.ApiException as answer:
            return answer if answer.status == 409 else None

    answer = eventually(refused)
    assert answer, "casework did not receive that the resident is deceased"
    assert bakhong_api.Problem.from_json(answer.body).type == "/problems/applicant-deceased"
