"""The shipped procedures, and what the loader refuses."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from casework.procedures import UnknownProcedure, load_catalogue
from province import get_pack

CATALOGUE = load_catalogue(get_pack().procedures)
TODAY = date(2026, 11, 22)


def test_the_two_services_of_the_commune_plan_are_there_with_the_plans_names() -> None:
    assert "Thủ tục cấp trích lục bản sao hộ tịch" in CATALOGUE["2.000635"].aliases
    assert "Thủ tục hỗ trợ mai táng phí đối với đối tượng bảo trợ xã hội" in CATALOGUE["1.001731"].aliases


def test_a_district_finds_more_than_five_full_process_services_and_some_that_are_not() -> None:
    full = [code for code in CATALOGUE if CATALOGUE.get_version(code, TODAY).full_process]

    assert len(full) >= 7
    assert {"1.000894", "2.000815"}.isdisjoint(full)


def test_the_date_of_receipt_chooses_the_version() -> None:
    before = CATALOGUE.get_version("1.001731", date(2025, 6, 30))
    after = CATALOGUE.get_version("1.001731", date(2025, 7, 1))

    assert (before.time_limit.count, len(before.documents)) == (5, 3)
    assert after.sources[-1] == "Nghị định 176/2025/NĐ-CP"
    assert not after.time_limit.verified


def test_a_procedure_does_not_hold_before_its_first_version() -> None:
    with pytest.raises(UnknownProcedure):
        CATALOGUE.get_version("1.014028", date(2024, 1, 1))
    with pytest.raises(UnknownProcedure):
        CATALOGUE.get_version("9.999999", TODAY)


def test_look_alikes_name_one_another_and_no_two_procedures_share_a_name() -> None:
    assert {"1.014028", "2.000744"} < set(CATALOGUE["1.001731"].look_alikes)
    for code, procedure in CATALOGUE.items():
        for other in procedure.look_alikes:
            assert other not in CATALOGUE or code in CATALOGUE[other].look_alikes, (code, other)
    names = [
        name.casefold()
        for procedure in CATALOGUE.values()
        for name in (procedure.name.vi, procedure.name.en, *procedure.aliases)
    ]
    assert len(names) == len(set(names))


def test_an_extract_for_oneself_needs_no_upload() -> None:
    version = CATALOGUE.get_version("2.000635", TODAY)

    assert not list(version.required_uploads(for_another=False, exempt=False))
    assert [paper.code for paper in version.required_uploads(for_another=True, exempt=True)] == [
        "authorisation",
        "exemption_proof",
    ]


def test_the_form_of_a_resident_has_no_fields_of_an_organization() -> None:
    version = CATALOGUE.get_version("1.001731", TODAY)

    assert "tax_code" not in {field.name for field in version.fields_for("resident")}
    assert "tax_code" in {field.name for field in version.fields_for("organization")}


def test_each_field_names_its_person_and_its_attribute() -> None:
    fields = {field.name: field for field in CATALOGUE.get_version("1.001731", TODAY).fields}

    assert (fields["full_name"].about, fields["full_name"].attribute) == ("applicant", "full_name")
    assert (fields["subject_full_name"].about, fields["subject_full_name"].attribute) == ("subject", "full_name")
    assert fields["burial_place"].attribute is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in get_pack().procedures.glob("*.yaml"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"code": "2.999999"}, "holds 2.999999"),
        ({"look_alikes": ["2.000908"]}, "looks like itself"),
        ({"colour": "red"}, "colour"),
        ({"name": {"vi": "Chỉ tiếng Việt"}}, "en"),
    ],
)
def test_a_wrong_file_is_named(folder: Path, wrong: dict[str, object], message: str) -> None:
    file = folder / "2.000908.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text("utf-8")) | wrong), "utf-8")

    with pytest.raises(ValueError, match=message) as refused:
        load_catalogue(folder)
    assert "2.000908.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("shoe_size", "shoe_size"),
        ({"use": "full_name", "fact": "shoe_size"}, "no attribute is called"),
        ({"use": "relation", "choices": None}, "a choice has choices"),
        ("full_name", "twice"),
    ],
)
def test_a_wrong_field_is_refused(folder: Path, field: object, message: str) -> None:
    file = folder / "2.000908.yaml"
    document = yaml.safe_load(file.read_text("utf-8"))
    document["versions"][0]["fields"].append(field)
    file.write_text(yaml.safe_dump(document), "utf-8")

    with pytest.raises(ValueError, match=message):
        load_catalogue(folder)


def test_overlapping_versions_are_refused(folder: Path) -> None:
    file = folder / "1.001731.yaml"
    document = yaml.safe_load(file.read_text("utf-8"))
    document["versions"][0]["valid_until"] = date(2025, 7, 2)
    file.write_text(yaml.safe_dump(document), "utf-8")

    with pytest.raises(ValueError, match="versions overlap"):
        load_catalogue(folder)


def test_a_paper_shown_in_person_is_not_full_process(folder: Path) -> None:
    file = folder / "2.000815.yaml"
    document = yaml.safe_load(file.read_text("utf-8"))
    document["versions"][0]["full_process"] = True
    file.write_text(yaml.safe_dump(document), "utf-8")

    with pytest.raises(ValueError, match="not full-process"):
        load_catalogue(folder)
