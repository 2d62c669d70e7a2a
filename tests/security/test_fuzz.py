"""Every operation of the API document, asked by schemathesis as a stranger would: with what the document allows and what
it does not. No answer is a fault of ours, none has a status, a type, a header or a shape that the document does not know.

`make test` asks questions only, as three roles, because other tests count on the same demo; `make fuzz` (FUZZ_EXAMPLES,
FUZZ_ROLES) runs every phase over the whole document as every role. Half of all ids are those of the demo, so that
questions reach beyond "not found".
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Cases per operation and phase; 0 is the small form."""
UNIT = "15724"
UNKNOWN_ID = "01890000-0000-7000-8000-00000000beef"
ROLES = os.environ.get(
    "FUZZ_ROLES",
    "officer,resident,partner,organization,volunteer,auditor,operator,anonymous"
    if EXAMPLES
    else "officer,resident,partner",
).split(",")
PURPOSES = ["dossier", "onboarding", "payment", "feedback", "correction", "support"]
LEFT_OUT = [
    # The document cannot describe which numbers, codes and states the rules accept: a right shape may be refused.
    "positive_data_acceptance",
    # JSON is read leniently: 0 for false, seconds for an instant; a stale If-Match is reported before a wrong field.
    "negative_data_rejection",
]
EVENTS = "/v1/reports/stream"
"""Never ends by itself; the tests of reporting read it."""


def who_is(role: str, known: dict[str, list[str]]) -> dict[str, str]:
    if role in ("resident", "organization"):
        return {f"{role}_id": known.get(f"{role}_id", [UNKNOWN_ID])[0]}
    return {"partner_id": "demo-bank"} if role == "partner" else {"unit_code": UNIT}


def settings_of(known: dict[str, list[str]]) -> str:
    """schemathesis.toml: ids of the demo for half of what asks for them."""
    lines = [
        "warnings = false",
        "continue-on-failure = true",
        'suppress-health-check = ["all"]',
        "request-timeout = 30",
    ]
    lines += ["[dictionaries.purposes]", f"values = {json.dumps(PURPOSES)}"]
    for name, values in known.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    lines += ["[parameters]", '"header.X-Purpose" = {dictionary = "purposes", probability = 0.8}']
    for name in known:
        for place in ("path", "query", "body"):
            lines.append(f'"{place}.{name}" = {{dictionary = "{name}", probability = 0.5}}')
    return "\n".join(lines) + "\n"


def questions_of(document: dict[str, Any], role: str) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "get" and {"public", role} & set(operation["x-audience"]) and path != EVENTS:
                yield operation["operationId"]


@pytest.mark.timeout(7200 if EXAMPLES else 180)
@pytest.mark.parametrize("role", ROLES)
def test_no_answer_is_a_fault_or_a_surprise(
    role: str, gateway_url: str, document: dict[str, Any], known: dict[str, list[str]], tools: Any, tmp_path: Path
) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "schemathesis.toml").write_text(settings_of(known), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file",
        "schemathesis.toml",
        "run",
        "openapi.json",
    ]
    command += ["--url", gateway_url, "--no-color", "--checks", "all", "--exclude-checks", ",".join(LEFT_OUT)]
    command += ["--exclude-path", EVENTS, "--no-shrink"]
    if role != "anonymous":
        token = tools.sign_in(gateway_url, role, **who_is(role, known))
        command += ["-H", f"Authorization: {token['Authorization']}"]
    if EXAMPLES:
        command += [
            "--phases",
            "examples,coverage,fuzzing,stateful",
            "-n",
            str(EXAMPLES),
            "--workers",
            "1",  # CPython 3.11 counts the depth of its parser for all threads together, and Hypothesis parses
            "--generation-database",
            "none",
        ]
    else:
        chosen = [part for name in questions_of(document, role) for part in ("--include-operation-id", name)]
        command += ["--phases", "examples,fuzzing", "-n", "1", "--generation-deterministic", *chosen]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    sys.stdout.write(done.stdout[-1500:])
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-4_000:]
