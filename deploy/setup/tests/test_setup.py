"""The guided set-up without a terminal: what it writes, what it refuses, and that a second run changes nothing."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket
from typing import get_args

import httpx
import pytest
from dotenv import dotenv_values

from deploy.demo.api_client import eventually
from deploy.preflight.certificate import CERTIFICATE, KEY, check_certificate
from deploy.preflight.checks import check_certificate_of
from deploy.preflight.keys import check_keys
from deploy.secrets.__main__ import self_signed
from deploy.setup.__main__ import main
from deploy.setup.asking import collect
from deploy.setup.keycloak import smtp_server
from deploy.setup.questions import PARTNER_KINDS, QUESTIONS, Question
from gateway.identity.trusted import read_trusted_providers
from gateway.schemas import Kind

ROOT = Path(__file__).parents[3]
DOMAIN = "3khong.example.vn"
ANSWERS = {
    "DOMAIN": DOMAIN, "ACME_EMAIL": "van-hanh@example.vn", "SETUP_OPERATOR_EMAIL": "a@example.vn",
    "SETUP_OPERATOR_NAME": "Người Vận Hành", "SETUP_PARTNER_ID": "bank-a", "SETUP_PARTNER_NAME": "Bank A",
    "SMTP_URL": "smtp://user:$ecret@mail.example.vn:587", "MAIL_FROM": "ba-khong@example.vn",
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "secrets").mkdir()
    for question in QUESTIONS:
        monkeypatch.delenv(question.name, raising=False)
    return tmp_path


def set_up(place: Path, answers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Runs with these answers in a file; the exit code and what was printed."""
    file = place / "answers"
    file.write_text("".join(f"{name}='{value}'\n" for name, value in answers.items()))
    code = main(["--unattended", "--answers", str(file)], place / ".env", place / "secrets")
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def contents(place: Path) -> dict[str, bytes]:
    files = [place / ".env", *(path for path in (place / "secrets").iterdir() if path.is_file())]
    return {path.name: path.read_bytes() for path in files if path.exists()}


def test_answers_become_a_deployment_that_passes_the_checks(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = set_up(place, ANSWERS, capsys)

    settings = {name: value or "" for name, value in dotenv_values(place / ".env").items()}
    assert code == 0, printed
    assert settings["ENVIRONMENT"] == "production"
    assert settings["PUBLIC_URL"] == f"https://{DOMAIN}"
    assert settings["OIDC_ISSUER"] == f"https://{DOMAIN}/id/realms/bakhong"
    assert settings["COMPOSE_PROFILES"] == "identity,observability"
    assert settings["SMTP_URL"] == ANSWERS["SMTP_URL"]
    assert (place / ".env").stat().st_mode & 0o777 == 0o600
    assert check_keys(place / "secrets", has_data=True) == []
    assert check_certificate_of(settings, "production", place / "secrets") == []
    assert len((place / "secrets/oidc_client_secret").read_text()) > 30


def test_a_provider_of_citizens_is_brokered_by_the_realm_and_the_realm_is_trusted(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {
        "SETUP_CITIZENS_ISSUER": "https://id.example.vn/", "SETUP_CITIZENS_CLIENT_SECRET": "s3cret",
        "SETUP_CITIZENS_CLAIMS": "so_dinh_danh ho_ten ngay_sinh muc", "SETUP_CITIZENS_LEVELS": "urn:muc-1 urn:muc-2",
    }  # fmt: skip
    code, printed = set_up(place, ANSWERS | given, capsys)
    assert code == 0, printed
    settings = dotenv_values(place / ".env")
    file = place / "secrets/authorities/identity-providers.json"
    [trusted] = read_trusted_providers(file).values()

    assert settings["IDENTITY_PROVIDERS_FILE"] == "/run/authorities/identity-providers.json"
    assert trusted.issuer == settings["OIDC_ISSUER"]
    assert (trusted.claims.level, trusted.claims.signed_in_at) == ("citizen_level", "auth_time")
    assert trusted.acr_values == {1: ["urn:muc-1"], 2: ["urn:muc-2"]}
    assert (place / "secrets/citizens_client_secret").read_text() == "s3cret"
    assert "s3cret" not in (place / ".env").read_text() + printed
    assert f"https://{DOMAIN}/id/realms/bakhong/broker/citizens/endpoint" in printed
    before = contents(place)
    assert set_up(place, {}, capsys)[0] == 0
    assert contents(place) == before


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SETUP_CITIZENS_ISSUER", "http://id.example.vn"),
        ("SETUP_CITIZENS_CLAIMS", "so_dinh_danh"),
        ("SETUP_CITIZENS_LEVELS", "urn:muc-1"),
    ],
)
def test_a_provider_of_citizens_that_is_half_described_is_refused(
    place: Path, capsys: pytest.CaptureFixture[str], name: str, wrong: str
) -> None:
    given = {
        "SETUP_CITIZENS_ISSUER": "https://id.example.vn", "SETUP_CITIZENS_CLIENT_SECRET": "s3cret",
        "SETUP_CITIZENS_LEVELS": "urn:muc-1 urn:muc-2",
    }  # fmt: skip
    code, printed = set_up(place, ANSWERS | given | {name: wrong}, capsys)

    assert code == 1
    assert name in printed
    assert contents(place) == {}


def test_it_ends_with_what_to_do_next(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, printed = set_up(place, ANSWERS, capsys)

    steps = printed.split("Next:\n")[1].splitlines()
    assert "pii_keys" in steps[0]
    assert steps[2] == "  3. make up"
    assert ANSWERS["SMTP_URL"] not in printed


def test_a_second_run_changes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(place, ANSWERS, capsys)
    with (place / ".env").open("a") as file:
        file.write("# ours\nSERVICE_MEMORY=1g\n")
    before = contents(place)

    code, printed = set_up(place, ANSWERS | {"DOMAIN": "khac.example.vn"}, capsys)

    assert code == 0, printed
    assert contents(place) == before


def test_lines_that_are_there_stay_and_are_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / ".env").write_text("HTTPS_PORT=9443\n")

    _, printed = set_up(place, ANSWERS, capsys)

    assert ".env: HTTPS_PORT stays 9443" in printed
    assert dotenv_values(place / ".env")["HTTPS_PORT"] == "9443"


def test_missing_answers_are_named_and_nothing_is_written(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = set_up(place, {"DOMAIN": "Not A Domain"}, capsys)

    assert code == 1
    named = [line.split()[0] for line in printed.splitlines()]
    assert named == ["DOMAIN", "ACME_EMAIL", "SETUP_OPERATOR_EMAIL", "SETUP_OPERATOR_NAME"]
    assert contents(place) == {}


def test_an_own_certificate_is_checked_before_it_is_copied(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "given").mkdir()
    self_signed(place / "given", [DOMAIN])
    given = {"SETUP_CERTIFICATE": "files", "SETUP_CERTIFICATE_FILE": str(place / "given" / CERTIFICATE)}
    own = ANSWERS | given | {"SETUP_CERTIFICATE_KEY_FILE": str(place / "given" / KEY)}

    code, printed = set_up(place, own | {"DOMAIN": "khac.example.vn"}, capsys)
    assert (code, contents(place)) == (1, {})
    assert f"The certificate is for {DOMAIN}" in printed

    code, printed = set_up(place, own, capsys)
    assert code == 0, printed
    assert (place / "secrets" / CERTIFICATE).read_bytes() == (place / "given" / CERTIFICATE).read_bytes()
    assert check_certificate(place / "secrets", DOMAIN) == []
    shutil.rmtree(place / "given")
    assert set_up(place, own, capsys)[0] == 0


def test_mail_to_the_person_on_call_needs_a_mail_server(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = set_up(place, ANSWERS | {"SMTP_URL": "", "ALERTS_TO": "truc@example.vn"}, capsys)
    assert (code, contents(place)) == (1, {})
    assert "SMTP_URL" in printed

    assert set_up(place, ANSWERS | {"ALERTS_TO": "truc@example.vn"}, capsys)[0] == 0
    assert dotenv_values(place / ".env")["ALERTS_TO"] == "truc@example.vn"


def test_a_provider_of_the_province_takes_the_place_of_keycloak(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {"DOMAIN": DOMAIN, "ACME_EMAIL": "a@example.vn", "SETUP_SIGN_IN": "https://id.example.vn/realms/staff"}

    code, printed = set_up(place, own | {"OIDC_CLIENT_ID": "bk", "SETUP_OIDC_CLIENT_SECRET": "given"}, capsys)

    settings = dotenv_values(place / ".env")
    assert code == 0, printed
    assert settings["OIDC_ISSUER"] == "https://id.example.vn/realms/staff"
    assert settings["OIDC_CLIENT_ID"] == "bk"
    assert settings["COMPOSE_PROFILES"] == "observability"
    assert "given" not in (place / ".env").read_text()
    assert (place / "secrets/oidc_client_secret").read_text() == "given"
    assert "bakhong_role=operator" in printed


def test_a_person_is_asked_again_after_a_wrong_answer_and_only_for_what_is_missing() -> None:
    asked: list[str] = []
    wrong = iter(["nowhere", DOMAIN])

    def ask(question: Question) -> str:
        asked.append(question.name)
        return next(wrong) if question.name == "DOMAIN" else ""

    known = {name: value for name, value in ANSWERS.items() if name != "DOMAIN"}
    answers = collect(known, ask)

    assert asked == [
        "DOMAIN",
        "DOMAIN",
        "SETUP_CERTIFICATE",
        "ALERTS_TO",
        "SETUP_SIGN_IN",
        "SETUP_CITIZENS_ISSUER",
        "SETUP_PARTNER_KIND",
    ]
    assert (answers["DOMAIN"], answers["SETUP_CERTIFICATE"], answers["SETUP_PARTNER_KIND"]) == (DOMAIN, "acme", "bank")


def test_the_kinds_of_partners_are_the_platforms() -> None:
    assert get_args(Kind) == PARTNER_KINDS


def test_the_mail_server_in_the_form_of_keycloak() -> None:
    tls = smtp_server("smtp://user:p%40ss@mail.example.vn", "from@example.vn")
    assert (tls["host"], tls["port"], tls["user"], tls["password"]) == ("mail.example.vn", "587", "user", "p@ss")
    assert (tls["starttls"], tls["ssl"], tls["auth"]) == ("true", "false", "true")
    plain = smtp_server("smtp://mail.example.vn:25", "from@example.vn")
    assert (plain["starttls"], plain["auth"]) == ("false", "false")


@contextmanager
def caddy(folder: Path, variables: dict[str, str]) -> Iterator[None]:
    found = shutil.which("caddy")
    if found is None:
        pytest.skip("no caddy here: Debian's package caddy has it")
    command = [found, "run", "--adapter", "caddyfile", "--config", str(ROOT / "deploy/proxy/Caddyfile")]
    own = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    with subprocess.Popen(
        command, env=variables | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def test_caddy_gets_the_domains_certificate_and_serves_the_stacks_own_checks_with_it(tmp_path: Path) -> None:
    """As with a mail address, but from Caddy's own authority, which is at hand here."""
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "DOMAIN": DOMAIN, "PROXY_TLS": "internal", "PROXY_GATEWAY": "127.0.0.1:9",
        "PROXY_ADDRESSES": f"https://{DOMAIN}:{port}, https://:{port + 1}", "PROXY_BUFFERS": "buffer_requests",
    }  # fmt: skip
    authority = tmp_path / "caddy/pki/authorities/local/root.crt"
    with caddy(tmp_path, variables):
        assert eventually(authority.exists, 30)

        def answered(port: int, verify: ssl.SSLContext) -> bool:
            extensions = {"sni_hostname": DOMAIN} if verify.check_hostname else {}
            try:
                with httpx.Client(verify=verify, timeout=5) as client:
                    answer = client.get(
                        f"https://127.0.0.1:{port}/healthz", headers={"Host": DOMAIN}, extensions=extensions
                    )
            except httpx.HTTPError:
                return False
            return answer.status_code == 502  # the proxy itself answers: no gateway is behind it here

        trusted = ssl.create_default_context(cafile=authority)
        anything = ssl.create_default_context()
        anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
        assert eventually(lambda: answered(port, trusted), 30)
        assert eventually(lambda: answered(port + 1, anything), 30)
