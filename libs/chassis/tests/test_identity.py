"""Internal tokens: made by the gateway, checked by every service."""

import json
import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest

from chassis.clock import frozen_at, now
from chassis.errors import Unauthenticated
from chassis.security.identity import AUDIENCE, Caller, TokenSigner, Verifier, write_keys

RESIDENT = Caller(role="resident", subject="resident-account", resident_id=uuid4())


@pytest.fixture
def folder(tmp_path):
    write_keys(tmp_path, ["gateway", "casework"])
    return tmp_path


@pytest.fixture
def verifier(folder):
    return Verifier(folder / "public.json")


@pytest.fixture
def gateway(folder):
    return TokenSigner.read(folder / "gateway.pem")


def test_a_token_names_the_caller(verifier, gateway):
    token = gateway.token(RESIDENT)

    caller = verifier.caller(token)

    assert (caller.role, caller.resident_id, caller.token) == ("resident", RESIDENT.resident_id, token)
    assert verifier.caller(token) is caller, "a verified token is not verified again while it holds"


def test_a_token_ends_after_a_minute_even_when_it_was_seen_before(verifier, gateway):
    with frozen_at(datetime(2026, 11, 21, tzinfo=UTC)):
        token = gateway.token(RESIDENT)
        verifier.caller(token)
    with frozen_at(datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=61)), pytest.raises(Unauthenticated):
        verifier.caller(token)


def test_a_service_signs_for_itself_and_for_no_other_service(verifier, folder):
    casework = TokenSigner.read(folder / "casework.pem")

    assert verifier.caller(casework.token(Caller(role="service", subject="casework"))).role == "service"
    with pytest.raises(Unauthenticated):
        verifier.caller(casework.token(RESIDENT))


def test_keys_rotate_without_a_restart(folder, verifier, gateway):
    verifier.caller(gateway.token(RESIDENT))
    (folder / "gateway.pem").unlink()
    public = write_keys(folder, ["gateway", "casework"])
    os.utime(public, (1, 1))

    with pytest.raises(Unauthenticated):
        verifier.caller(gateway.token(RESIDENT))
    assert verifier.caller(TokenSigner.read(folder / "gateway.pem").token(RESIDENT)).role == "resident"


@pytest.mark.parametrize("junk", ["", "a.b.c", "é", "eyJhbGciOiJub25lIn0.e30.", "x" * 5000])  # pragma: allowlist secret
def test_junk_is_refused_and_nothing_else(verifier, junk):
    with pytest.raises(Unauthenticated):
        verifier.caller(junk)


def test_other_algorithms_audiences_issuers_and_roles_are_refused(verifier, gateway, folder):
    moment = int(now().timestamp())
    claims = {"sub": "x", "role": "operator", "aud": AUDIENCE, "iss": "gateway", "iat": moment, "exp": moment + 60}
    public = json.loads((folder / "public.json").read_text())["keys"][0]["x"]

    def signed(**changes):
        return jwt.encode(claims | changes, gateway._key, algorithm="EdDSA", headers={"kid": "gateway"})

    assert verifier.caller(signed()).role == "operator"
    for token in [
        jwt.encode(claims, None, algorithm="none", headers={"kid": "gateway"}),
        jwt.encode(claims, public.ljust(32, "x"), algorithm="HS256", headers={"kid": "gateway"}),
        signed(aud="elsewhere"),
        signed(iss="casework"),
        signed(role="king"),
        signed(exp=moment - 1),
        signed(resident_id="not-a-uuid"),
    ]:
        with pytest.raises(Unauthenticated):
            verifier.caller(token)
