"""Loads the demo through the public API, as a commune, its partners and its residents would.

Every request carries its own idempotency key or message id, so an interrupted load is simply repeated. Run as a script:
`python -m deploy.demo.load http://127.0.0.1:8080 [FILE]`; the file is written when the demo is loaded.
"""

from __future__ import annotations

import io
import sys
import time
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from deploy.demo import campaigns, dossiers, journeys, merchants
from deploy.demo.api_client import ApiClient, success
from deploy.demo.identity import sign_ins
from deploy.demo.people import Person, demo_files, people, write_list
from deploy.local import progress
from deploy.local.patience import wait_while_it_moves

PROVINCE = "38"
LAST_VILLAGE = "15070-02"
KNOW_UNITS = (
    "/v1/units/{unit}",
    "/v1/onboarding/summary?unit_code={unit}",
    "/v1/merchants?unit_code={unit}",
    "/v1/units/{unit}/procedures",
    "/v1/reports/progress?unit_code={unit}",
)
"""A request to each service that succeeds only when the service has received the unit."""
SECONDS_TO_IMPORT = 300
SECONDS_TO_COUNT = 300
SECONDS_AT_REST = 2
SECONDS_TO_BE_KNOWN = 60


class DemoNotLoaded(RuntimeError):
    """The platform answered, but not as the demo needs it; the message names the place."""


def load(url: str, mark: Path) -> None:
    """Load what is not loaded yet, wait until the reports count it, then leave `mark`."""
    today = _day_of_the_first_try(mark)
    all_people = list(people())
    with ApiClient(url) as api:
        progress.done("demo: the villages")
        load_units(api)
        progress.done(f"demo: {len(all_people):,} residents")
        load_residents(api, all_people)
        progress.done("demo: people who sign in")
        sign_ins.load(api, today)
        progress.done("demo: two campaigns")
        campaigns.load(api)
        progress.done("demo: merchants and their codes")
        merchants.load(api, all_people, today)
        progress.done("demo: dossiers")
        dossiers.load(api, all_people, today)
        progress.done("demo: messages of the partners")
        expected = journeys.load(api, all_people, today)
        progress.done("demo: the reports count")
        wait_until_counted(api, expected | {"residents": len(all_people)})
    mark.write_text(f"{datetime.now(UTC).isoformat()}\n")


def load_units(api: ApiClient) -> None:
    """The villages, by the operator; the communes of the province are known from the start."""
    has_units = partial(_is_there, api, "/v1/units/15724")
    if not wait_while_it_moves("the units of the province", has_units, partial(_states, api), SECONDS_TO_BE_KNOWN):
        raise DemoNotLoaded(f"the units of the province do not appear in /v1/units: {_states(api)}")
    table = (demo_files() / "villages.csv").read_bytes()
    files = {"file": ("villages.csv", table, "text/csv")}
    success(api.request("POST", "/v1/unit-imports", who=api.operator(), files=files))
    knows = partial(_knows_the_province, api)
    if not wait_while_it_moves("the gateway's units", knows, partial(_states, api), SECONDS_TO_BE_KNOWN):
        raise DemoNotLoaded("the gateway does not receive the unit of the province")
    officer = api.officer(PROVINCE)
    for path in KNOW_UNITS:
        answers = partial(_is_there, api, path.format(unit=LAST_VILLAGE), officer)
        if not wait_while_it_moves(f"the villages at {path}", answers, partial(_states, api), SECONDS_TO_BE_KNOWN):
            raise DemoNotLoaded(f"a service does not receive the villages: {path}")


def _knows_the_province(api: ApiClient) -> bool:
    return api.request("POST", "/dev/token", json={"role": "officer", "unit_code": PROVINCE}).is_success


def _is_there(api: ApiClient, question: str, who: dict[str, str] | None = None) -> bool:
    return api.request("GET", question, who=who).status_code == 200


def _states(api: ApiClient) -> str:
    """What is ready and what is not, in a line: it changes while the platform starts."""
    states = api.readiness().get("dependencies", {})
    return ", ".join(f"{name} {_state(each)}" for name, each in sorted(states.items())) or "no answer"


def _state(answer: Any) -> str:
    if not isinstance(answer, dict):
        return str(answer)
    return "/".join(str(answer[name]) for name in sorted(answer))


def load_residents(api: ApiClient, all_people: list[Person]) -> None:
    """The communes' lists, sent in by an officer of the province."""
    text = io.StringIO()
    write_list(text, iter(all_people))
    officer = api.officer(PROVINCE)
    sent = success(
        api.request(
            "POST",
            "/v1/resident-imports",
            who=officer,
            files={"file": ("dan-cu.csv", text.getvalue().encode(), "text/csv")},
            data={"unit_code": PROVINCE},
        )
    ).json()

    def is_over() -> bool:
        state = api.get(f"/v1/resident-imports/{sent['id']}", who=officer)
        return state["status"] in ("completed", "failed")

    def done() -> str:
        state = api.get(f"/v1/resident-imports/{sent['id']}", who=officer)
        return f"{state['status']}, {state['created'] or 0} created"

    wait_while_it_moves("the residents", is_over, done, SECONDS_TO_IMPORT)
    state = api.get(f"/v1/resident-imports/{sent['id']}", who=officer)
    if state["status"] != "completed" or state["rejected"]:
        raise DemoNotLoaded(f"the residents' list ended as {state}")


def wait_until_counted(api: ApiClient, expected: dict[str, int]) -> None:
    """Until the province's report has at least these counts, and nothing in it moves any more."""

    def open_counts() -> str:
        return str(_missing(_report(api), expected))

    if not wait_while_it_moves("the reports", lambda: open_counts() == "{}", open_counts, SECONDS_TO_COUNT):
        raise DemoNotLoaded(f"the reports do not count everything yet: {_missing(_report(api), expected)}")
    before: dict[str, int] = {}
    while (now := _report(api)) != before:
        before = now
        time.sleep(SECONDS_AT_REST)


def _report(api: ApiClient) -> dict[str, int]:
    report = api.get("/v1/reports/progress", params={"unit_code": PROVINCE}, who=api.officer(PROVINCE))
    return {each["code"]: each["numerator"] or 0 for each in report["indicators"]}


def _missing(counted: dict[str, int], expected: dict[str, int]) -> dict[str, str]:
    return {
        name: f"{counted.get(name, 0)} of {count}" for name, count in expected.items() if counted.get(name, 0) < count
    }


def _day_of_the_first_try(mark: Path) -> date:
    """The date of the first load: a repeated load must send the same."""
    began = mark.with_suffix(".began")
    if not began.exists():
        began.write_text(datetime.now(UTC).date().isoformat())
    return date.fromisoformat(began.read_text())


def main() -> int:
    mark = Path(sys.argv[2] if len(sys.argv) > 2 else ".data/compose-demo.loaded")
    mark.parent.mkdir(parents=True, exist_ok=True)
    load(sys.argv[1], mark)
    print("the demo is loaded and counted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
