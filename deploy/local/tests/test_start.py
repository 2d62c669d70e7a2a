"""What is decided before anything starts: settings, keys, one platform per data directory."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.clean import clean
from deploy.local.keys import personal_data_keys
from deploy.local.running import is_in_use, read_note, single_instance, write_note
from deploy.local.services import address_variables, bind_sockets
from deploy.local.settings import SettingRefused, read_settings

ROOT = Path(__file__).parents[3]


def test_everything_has_a_working_default() -> None:
    settings = read_settings({})
    assert (settings.environment, settings.gateway_port, settings.demo) == ("development", 8080, True)
    assert settings.data_dir == Path(".data").absolute()
    assert settings.database_url is None


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"ENVIRONMENT": "staging"}, "ENVIRONMENT"),
        ({"GATEWAY_PORT": "http"}, "GATEWAY_PORT"),
        ({"GATEWAY_PORT": "99999"}, "GATEWAY_PORT"),
        ({"DEMO": "yes"}, "DEMO"),
        ({"ENVIRONMENT": "production"}, "PII_KEYS, PII_INDEX_KEYS"),
        ({"ENVIRONMENT": "production", "PII_KEYS": "k", "PII_INDEX_KEYS": " "}, "variables: PII_INDEX_KEYS"),
        ({"ENVIRONMENT": "production", "PII_KEYS": "k", "PII_INDEX_KEYS": "k", "DEMO": "1"}, "DEMO"),
    ],
)
def test_an_invalid_setting_is_refused_by_name(variables: dict[str, str], named: str) -> None:
    with pytest.raises(SettingRefused, match=named):
        read_settings(variables)


def test_production_starts_empty() -> None:
    settings = read_settings({"ENVIRONMENT": "production", "PII_KEYS": "k", "PII_INDEX_KEYS": "k"})
    assert not settings.demo


def test_keys_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    first = personal_data_keys(directory)
    assert first == personal_data_keys(directory)
    assert first["PII_KEYS"] != first["PII_INDEX_KEYS"]
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}


def test_a_second_start_names_the_running_platform(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from deploy.local.running import AlreadyRunning, single_instance
try:
    with single_instance(Path({str(tmp_path)!r}), "me too"):
        print("started")
except AlreadyRunning as error:
    print(error)
"""
    with single_instance(tmp_path, "process 42, http://127.0.0.1:8080"):
        second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
        assert "process 42, http://127.0.0.1:8080" in second.stdout
    third = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert third.stdout == "started\n"
    assert not is_in_use(tmp_path)


def test_the_note_of_a_platform_that_ended_counts_for_nothing(tmp_path: Path) -> None:
    write_note(tmp_path, {"url": "http://127.0.0.1:8080"})
    assert read_note(tmp_path) is None


def test_every_process_has_a_free_port_and_all_processes_know_it() -> None:
    sockets = {"payments-qr": bind_sockets(), "registry": bind_sockets()}
    variables = address_variables(sockets)
    assert variables["PAYMENTS_QR_URL"] == f"http://127.0.0.1:{sockets['payments-qr'].port}"
    assert variables["REGISTRY_URL"] != variables["PAYMENTS_QR_URL"]
    for listening in sockets.values():
        listening.sockets[0].close()


def test_clean_removes_the_data_and_the_place_it_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.clean.SHARED_PLACES", (tmp_path / "shared",))
    data_dir, place = tmp_path / "data", tmp_path / "elsewhere"
    for directory in (data_dir, place, tmp_path / "shared/programs-1"):
        directory.mkdir(parents=True)
    (data_dir / "postgres.place").write_text(f"{place}\n")
    clean(data_dir)
    assert list(tmp_path.rglob("*")) == [tmp_path / "shared"]
