"""Examples of the API document, recorded from a running platform: `python -m deploy.generate.examples URL`.

One family of commune 15724 goes through one story (registered, filled in, a dossier, a bill, a stall), and each list and each
resource of the demo is read. An example is a request that was accepted, or the answer that was given, kept in
`gateway/gateway/api_docs/examples.json`; `gateway/tests/test_examples.py` checks each against its schema.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import httpx

from deploy.generate.story import STORY, StepRefused, Teller
from gateway.api_docs.examples import EXAMPLES_FILE

TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
"""A JSON Web Token: shortened, so that nobody takes one of the examples for a secret."""
COMMUNE = "15724"
QUERIES: tuple[dict[str, str], ...] = ({"unit_code": COMMUNE, "limit": "2"}, {"unit_code": COMMUNE}, {"limit": "2"}, {})
ROLES: tuple[dict[str, str], ...] = (
    {"role": "officer", "unit_code": COMMUNE},
    {"role": "operator"},
    {"role": "auditor", "unit_code": COMMUNE},
    {"role": "partner", "partner_id": "demo-bank"},
)


def main(url: str) -> int:
    """Record and write; returns the exit code."""
    with httpx.Client(base_url=url, timeout=30) as http:
        document = http.get("/openapi.json").json()
        teller = Teller(http, document)
        for chapter in STORY:
            try:
                chapter(teller)
            except StepRefused as refused:
                print(f"{chapter.__name__} ends early: {refused}")
        print(*teller.refused, sep="\n")
        read_everything(teller, document)
    recorded = json.dumps(sorted_examples(teller.examples), ensure_ascii=False, indent=1)
    EXAMPLES_FILE.write_text(TOKEN.sub("eyJhbGciOi…", recorded) + "\n")
    for name in missing(document, teller.examples):
        print(f"no example of an answer: {name}")
    return 0


def missing(document: dict[str, Any], examples: dict[str, Any]) -> list[str]:
    """The operations that answer JSON and have no recorded answer."""
    return sorted(
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        for code, answer in operation["responses"].items()
        if code.startswith("2") and "application/json" in answer.get("content", {})
        if code not in examples.get(operation["operationId"], {}).get("answers", {})
    )


def read_everything(teller: Teller, document: dict[str, Any]) -> None:
    """Read each GET operation once, with ids that earlier answers had."""
    for role in ROLES:
        caller = teller.sign_in(**role)
        for path in sorted(document["paths"], key=lambda path: path.count("{")):
            operation = document["paths"][path].get("get")
            if operation is None or operation["operationId"] in teller.examples or path.endswith("/stream"):
                continue
            for query in QUERIES:
                filled = fill(path, teller.known)
                if filled and teller.ask(
                    "GET", filled, who=caller, purpose="support", params=query | DATES.get(path, {})
                ):
                    break


DATES: dict[str, dict[str, str]] = {
    "/v1/reports/trend": {"indicator": "vneid"},
    "/v1/reports/ranking": {"indicator": "vneid", "level": "village", "parent": COMMUNE},
    "/v1/dossiers/track": {},
}


def fill(path: str, known: dict[str, str]) -> str | None:
    """The path with ids that are known; None where one is not."""
    names = re.findall(r"\{(\w+)\}", path)
    filled = path
    for name in names:
        value = known.get(f"{path.split('{' + name + '}')[0]}{{{name}}}") or known.get(name)
        if value is None:
            return None
        filled = filled.replace(f"{{{name}}}", value)
    return filled


def sorted_examples(examples: dict[str, Any]) -> dict[str, Any]:
    """The examples in the order of their operations."""
    return {name: examples[name] for name in sorted(examples)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
