"""Each check finds what is wrong and is silent when it is right: real sockets, real certificates, the real key files."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.preflight.certificate import check_certificate, covers
from deploy.preflight.checks import check_certificate_of, findings
from deploy.preflight.keys import check_keys
from deploy.preflight.machine import GB, NEEDS, Port, check_disk, check_memory, check_ports, check_processors
from deploy.preflight.versions import check_compose, check_postgres, check_release
from deploy.release.version import Release
from deploy.secrets.__main__ import main as make_secrets
from deploy.secrets.__main__ import self_signed

ROOT = Path(__file__).parents[3]
NEEDED = NEEDS["production"]
DOMAIN = "3khong.example.vn"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    self_signed(tmp_path, [DOMAIN])
    return tmp_path


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    make_secrets(folder, DOMAIN)
    return folder


@pytest.fixture
def listening() -> Iterator[int]:
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_finding_names_what_a_small_machine_lacks() -> None:
    assert "has 2 processors, and the stack needs 4" in check_processors(NEEDED, 2)[0].problem
    assert check_processors(NEEDED, 4) == []
    assert "6.0 GB of memory" in check_memory(NEEDED, 6 * GB)[0].problem
    assert check_memory(NEEDED, int(7.6 * GB)) == []
    assert check_memory(NEEDS["development"]) == []


def test_a_full_disk_is_found_before_images_are_built(tmp_path: Path) -> None:
    assert "1.0 GB are free" in check_disk(NEEDED, tmp_path, GB)[0].problem
    assert check_disk(NEEDED, tmp_path, 40 * GB) == []


def test_a_port_of_another_program_is_found(listening: int) -> None:
    (finding,) = check_ports([Port("door", "127.0.0.1", listening)])
    assert finding.problem == f"Another program listens on port {listening} of 127.0.0.1, which door needs."
    assert check_ports([Port("door", "0.0.0.0", listening)])


def test_a_free_port_is_fine_and_stays_free(listening: int) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    for _ in range(2):
        assert check_ports([Port("door", "127.0.0.1", number)]) == []


def test_an_address_of_another_machine_is_found() -> None:
    (finding,) = check_ports([Port("door", "192.0.2.1", 8443)])
    assert "192.0.2.1" in finding.problem
    assert "HTTPS_ADDRESS" in finding.remedy


def test_a_right_certificate_is_silent(certificate: Path) -> None:
    assert check_certificate(certificate, DOMAIN) == []


@pytest.mark.parametrize("missing", ["tls_certificate.pem", "tls_key.pem"])
def test_a_missing_file_of_the_certificate_is_named(certificate: Path, missing: str) -> None:
    (certificate / missing).unlink()
    (finding,) = check_certificate(certificate, DOMAIN)
    assert finding.problem == f"{certificate / missing} is missing or cannot be read."


def test_a_key_of_another_certificate_is_found(certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    self_signed(other, [DOMAIN])
    (other / "tls_key.pem").replace(certificate / "tls_key.pem")
    assert [one.problem for one in check_certificate(certificate, DOMAIN)] == [
        "tls_key.pem is not the key of tls_certificate.pem."
    ]


def test_something_else_in_the_files_is_no_certificate(certificate: Path) -> None:
    (certificate / "tls_key.pem").unlink()
    (certificate / "tls_key.pem").write_text("-----BEGIN NOTHING-----")
    assert "no PEM file" in check_certificate(certificate, DOMAIN)[0].problem


def test_dates_of_the_certificate_are_looked_at(certificate: Path) -> None:
    def problem(moved: timedelta) -> list[str]:
        return [one.problem for one in check_certificate(certificate, DOMAIN, now=datetime.now(UTC) + moved)]

    assert "ended on" in problem(timedelta(days=731))[0]
    assert "ends on" in problem(timedelta(days=729))[0]
    assert "valid only from" in problem(-timedelta(days=3))[0]
    assert problem(timedelta(days=700)) == []


def test_a_certificate_for_another_domain_is_found(certificate: Path) -> None:
    (finding,) = check_certificate(certificate, "khac.example.vn")
    assert finding.problem == f"The certificate is for {DOMAIN}, and DOMAIN in .env is khac.example.vn."


def test_an_asterisk_stands_for_one_label() -> None:
    assert covers("*.example.vn", "a.example.vn")
    assert covers("A.example.VN", "a.example.vn")
    assert not covers("*.example.vn", "a.b.example.vn")
    assert not covers("*.example.vn", "example.vn")
    assert covers("127.0.0.1", "127.0.0.1")


def test_the_certificate_counts_only_where_the_province_brings_one(tmp_path: Path) -> None:
    assert check_certificate_of({"DOMAIN": DOMAIN}, "production", tmp_path)
    assert check_certificate_of({}, "production", tmp_path)
    assert check_certificate_of({"DOMAIN": DOMAIN, "ACME_EMAIL": "a@example.vn"}, "production", tmp_path) == []
    assert check_certificate_of({}, "development", tmp_path) == []


def test_whole_keys_are_silent(secrets: Path) -> None:
    assert check_keys(secrets, has_data=True) == []


def test_keys_may_be_missing_only_where_no_data_are(tmp_path: Path) -> None:
    assert check_keys(tmp_path, has_data=False) == []
    problems = [one.problem for one in check_keys(tmp_path, has_data=True)]
    assert len(problems) == 3
    assert problems[0] == "deploy/secrets/pii_keys is missing, and there is a database that needs it."


def test_damaged_keys_are_found(tmp_path: Path) -> None:
    make_secrets(tmp_path, DOMAIN)
    for name in ("pii_keys", "registry.pem"):
        (tmp_path / name).unlink()
        (tmp_path / name).write_text("k1:short")
    problems = [one.problem for one in check_keys(tmp_path, has_data=True)]
    assert len(problems) == 2
    assert "pii_keys is not of the form" in problems[0]
    assert "registry.pem, the signing key of registry, is damaged" in problems[1]


def test_an_old_compose_is_refused() -> None:
    for old in ("2.25.0", "1.29.2", ""):
        assert check_compose(old)[0].check == "compose"
    for new in ("2.26.1-4", "v2.27.0", "5.0.0"):
        assert check_compose(new) == []


def test_data_of_another_postgresql_are_not_opened() -> None:
    (finding,) = check_postgres("17\n", "postgres:18.1")
    assert finding.problem == "The data are of PostgreSQL 17, and the image postgres:18.1 cannot open them."
    assert check_postgres("17\n", "postgres:17.6@sha256:00") == []
    assert check_postgres(None, "postgres:18.1") == []


def test_a_release_is_not_skipped() -> None:
    known = ["0.1.0", "0.2.0", "0.3.0"]
    new = Release("0.3.0", "0123456789")
    (finding,) = check_release("0.1.0-abcdef0123", new, known)
    assert finding.problem == "Release 0.1.0 runs here, and 0.3.0 would skip 0.2.0."
    assert check_release("0.2.0-abcdef0123-changed", new, known) == []
    assert check_release("dev", new, known) == []


def test_the_checks_stop_at_a_machine_without_setup() -> None:
    (finding,) = findings({})
    assert finding.problem == "ENVIRONMENT is neither production nor development."
    assert "deploy.setup" in finding.remedy


def test_make_up_ends_with_the_sentences_and_changes_nothing(tmp_path: Path) -> None:
    """Started as make does, in a machine without an engine: every check that cannot be made reports that, nothing is written."""

    def kept() -> list[Path]:
        return sorted([*(ROOT / "deploy/secrets").glob("*[!_]"), *ROOT.glob(".env")])

    before = kept()
    variables = {"PATH": str(tmp_path), "ENVIRONMENT": "production", "DOMAIN": DOMAIN}
    (tmp_path / "docker").write_text("#!/bin/sh\necho no engine here >&2\nexit 1\n")
    (tmp_path / "docker").chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-m", "deploy.release", "up"], cwd=ROOT, env=variables, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "docker: Docker does not answer" in done.stderr
    assert done.stderr.rstrip().endswith("Nothing was changed.")
    assert done.stderr.count("Docker does not answer") == 1
    assert kept() == before
