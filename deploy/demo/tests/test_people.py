import io
from datetime import date

from deploy.demo.people import demo_files, demo_villages, people, write_list
from registry.decrees import read_units
from registry.identifiers import personal_id_warnings
from registry.lists import ListedResident, read_list


def listed() -> list[ListedResident]:
    text = io.StringIO()
    write_list(text, people())
    outcomes = list(read_list(io.BytesIO(text.getvalue().encode()), date(2026, 11, 21)))
    assert all(isinstance(outcome, ListedResident) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, ListedResident)]


def test_the_demo_list_is_valid_cell_by_cell_and_every_village_has_residents() -> None:
    residents = listed()

    assert 1_900 <= len(residents) <= 2_100
    assert {resident.village for resident in residents} == set(demo_villages())
    assert len({resident.personal_id for resident in residents}) == len(residents)
    assert all(resident.personal_id[6:8] == "99" or len(resident.personal_id) == 9 for resident in residents)


def test_the_demo_has_people_for_whom_every_condition_fails() -> None:
    residents = listed()

    assert any(not resident.others.get("has_smartphone") for resident in residents)
    assert any(resident.others.get("phone") is None for resident in residents)
    assert any(
        resident.others.get("phone") and not resident.others.get("phone_owner_verified") for resident in residents
    )
    assert any(resident.others.get("social_insurance_no") is None for resident in residents)
    assert any(resident.birth.precision == "year" for resident in residents)
    assert {resident.id_document for resident in residents} == {"cccd", "cmnd", "none"}
    assert {resident.others.get("residence_status") for resident in residents} == {"permanent", "temporary", "away"}


def test_numbers_fit_birth_and_sex() -> None:
    codes = {f.code for r in listed() for f in personal_id_warnings(r.personal_id, r.birth.day, r.sex)}

    assert codes == {"cmnd-expired"}


def test_the_people_are_the_same_every_time() -> None:
    assert [p.cells for p in people()] == [p.cells for p in people()]


def test_the_villages_of_dong_thang_belong_to_dong_tien_since_the_reform() -> None:
    rows = read_units((demo_files() / "villages.csv").read_bytes())

    assert [(r.parent_code, str(r.valid_from), str(r.valid_to)) for r in rows if r.code == "15727-01"] == [
        ("15727", "None", "2025-06-30"),
        ("15724", "2025-07-01", "None"),
    ]
