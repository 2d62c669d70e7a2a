import shutil
from pathlib import Path

import pytest

from chassis.settings import DEFAULT_PROVINCE
from province import PackRefused, get_pack, read_pack
from province.pack import CHECKOUT, MANIFEST, pack_folder

GOOD = CHECKOUT / DEFAULT_PROVINCE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOOD, tmp_path / "tinh"))


def change(folder: Path, old: str, new: str) -> None:
    manifest = folder / MANIFEST
    text = manifest.read_text("utf-8")
    assert old in text
    manifest.write_text(text.replace(old, new), "utf-8")


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(PackRefused) as refused:
        read_pack(folder)
    assert str(folder) in str(refused.value)
    assert "PROVINCE_DIR" in str(refused.value)
    return refused.value.faults


def test_the_pack_of_this_release_is_read_from_any_working_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    assert pack_folder(DEFAULT_PROVINCE) == GOOD
    assert (get_pack().code, get_pack().called) == ("38", "tỉnh Thanh Hóa")
    assert get_pack().authority == "Ủy ban nhân dân tỉnh Thanh Hóa"


def test_a_relative_folder_counts_from_the_working_directory(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.chdir(folder.parent)
    assert pack_folder("tinh") == Path("tinh")


def test_a_city_under_the_central_government_is_called_one(folder: Path) -> None:
    change(folder, 'kind = "province"', 'kind = "city"')
    pack = read_pack(folder)
    assert (pack.called, pack.party_committee) == ("thành phố Thanh Hóa", "Thành ủy")


def test_every_fault_of_the_manifest_is_named(folder: Path) -> None:
    change(folder, 'code = "38"', 'code = "thirty-eight"')
    change(folder, 'name_in_codes = "THANH HOA"', 'name_in_codes = "Thanh Hóa"')
    change(folder, 'agency = "H56"', 'colour = "red"')
    found = faults_of(folder)
    assert [fault.split(":")[0] for fault in found] == [
        f"{MANIFEST}, {name}" for name in ("code", "name_in_codes", "agency", "colour")
    ]


@pytest.mark.parametrize("length", [15, 16])
def test_a_name_in_codes_has_at_most_fifteen_characters(folder: Path, length: int) -> None:
    change(folder, 'name_in_codes = "THANH HOA"', f'name_in_codes = "{"A" * length}"')
    if length == 15:
        assert read_pack(folder).name_in_codes == "A" * 15
    else:
        assert len(faults_of(folder)) == 1


def test_missing_files_are_named(folder: Path) -> None:
    (folder / "units.csv").unlink()
    shutil.rmtree(folder / "procedures")
    assert faults_of(folder) == ["units.csv is missing", "procedures is missing"]


def test_a_folder_or_manifest_that_is_not_there_is_said(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    assert faults_of(folder) == [f"{MANIFEST} is missing"]
    assert faults_of(folder / "nowhere") == ["there is no such folder"]


def test_a_manifest_that_is_not_toml_names_the_place(folder: Path) -> None:
    (folder / MANIFEST).write_text("code = 38 and more", "utf-8")
    assert "line 1" in faults_of(folder)[0]


def test_what_is_optional_may_be_missing(folder: Path) -> None:
    for name in ("corrected_names.csv", "commune_points.csv"):
        (folder / name).unlink()
    shutil.rmtree(folder / "demo")
    pack = read_pack(folder)
    assert (pack.corrected_names, pack.commune_points, pack.demo) == (None, None, None)
