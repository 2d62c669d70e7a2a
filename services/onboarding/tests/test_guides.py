"""The guide for volunteers is run: every call of it, in its order, on the days that it names.

Calls of other services are held against the API document; the sign-in of development gives the client of that role. The
guide for communes runs against a whole platform (`tests/flows/test_documentation.py`).
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.clock import HO_CHI_MINH, now
from onboarding.app import app
from services.onboarding.tests.plans import on, send
from services.onboarding.tests.test_with_registry import Registry, registry, registry_template

__all__ = ["registry", "registry_template"]

ROOT = Path(__file__).parents[3]
GUIDES = ROOT / "docs" / "vi"
ASSIGNED = re.compile(r"(\w+)=\$\((.*) \| lay (\S+)\)")

Calling = Callable[..., Any]


@dataclass
class Guide:
    """A guide being run: what it has assigned so far, and who has signed in."""

    text: str
    calling: Calling
    values: dict[str, str] = field(default_factory=dict)
    callers: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[tuple[str, httpx.Response]] = field(default_factory=list)

    async def run(self) -> None:
        day = ""
        for part in re.finditer(r"<!-- ngày: (\S+) -->|```bash\n(.*?)```", self.text, re.DOTALL):
            day = part[1] or day
            for line in (part[2] or "").splitlines():
                with on(day) if day else nullcontext():
                    await self._line(line)

    async def _line(self, line: str) -> None:
        if line.startswith("lay()"):
            return
        if "curl" not in line:
            name, _, value = line.partition("=")
            self.values[name] = f"{now().astimezone(HO_CHI_MINH):%FT%T+07:00}" if " date +" in value else value
            return
        assigned = ASSIGNED.fullmatch(line)
        command = assigned[2] if assigned else line
        if "/dev/token" in command:
            assert assigned
            who = json.loads(self._filled(shlex.split(command)[-1]))
            self.callers[assigned[1]] = {**who, "subject": assigned[1]}
            self.values[assigned[1]] = f"<{assigned[1]}>"
            return
        answer = await self._call(shlex.split(command)[1:])
        if assigned and answer is not None:
            self.values[assigned[1]] = str(_picked(answer.json(), assigned[3]))

    async def _call(self, words: list[str]) -> httpx.Response | None:
        request = _request(words, self._filled)
        if not _is_here(request["method"], request["url"]):
            assert _is_documented(request["method"], request["url"]), request
            return None
        bearer = request["headers"].pop("Authorization", "").partition("<")[2].rstrip(">")
        who = dict(self.callers[bearer]) if bearer else {}
        client = self.calling(who.pop("role", None), **who)
        answer: httpx.Response = await client.request(**request)
        assert answer.status_code < 300, (request["method"], request["url"], answer.status_code, answer.text)
        self.answers.append((f"{request['method']} {request['url']}", answer))
        return answer

    def _filled(self, text: str) -> str:
        return re.sub(r"\$(\w+)", lambda found: self.values[found[1]], text)


def _request(words: list[str], filled: Callable[[str], str]) -> dict[str, Any]:
    request: dict[str, Any] = {"method": "GET", "headers": {}, "params": {}}
    form: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        match word:
            case "-s" | "-G":
                continue
            case "--data-urlencode":
                name, _, value = filled(next(rest)).partition("=")
                request["params"][name] = value
            case "-X":
                request["method"] = next(rest)
            case "-H":
                name, _, value = filled(next(rest)).partition(": ")
                request["headers"][name] = value
            case "-d":
                request["content"] = filled(next(rest)).encode()
            case "-F":
                name, _, value = next(rest).partition("=")
                form[name] = value
            case _:
                request["url"] = filled(word).removeprefix("http://localhost:8080")
    if not request["params"]:
        del request["params"]  # an empty one would take the query out of the address
    return request | ({"data": form} if form else {})


def _picked(content: Any, path: str) -> Any:
    for name in path.split("."):
        content = content[int(name) if name.isdigit() else name]
    return content


def _templates(paths: dict[str, Any], method: str, url: str) -> Iterator[str]:
    path = url.partition("?")[0]
    for template, methods in paths.items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if method.lower() in methods and re.fullmatch(pattern, path):
            yield template


def _is_here(method: str, url: str) -> bool:
    return any(_templates(app.openapi()["paths"], method, url))


def _is_documented(method: str, url: str) -> bool:
    document = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text(encoding="utf-8"))
    return any(_templates(document["paths"], method, url))


def text_of(name: str) -> str:
    return (GUIDES / f"{name}.md").read_text(encoding="utf-8")


async def test_volunteers_work_by_the_guide(registry: Registry, calling: Calling) -> None:
    resident_id = await registry.register(1, has_smartphone=False)
    await registry.replicate()
    with on("2027-04-01"):
        officer = calling("officer", unit_code="15724")
        campaign = {"template": "commune", "unit_code": "15724", "title": "Mô hình"}
        made = await send(officer, "POST", "/v1/campaigns", campaign, 201)
        evening = {"kind": "guidance", "unit_code": "15727-01", "venue": "Nhà văn hóa thôn 1",
                   "starts_at": "2027-04-03T08:00:00+07:00", "ends_at": "2027-04-03T11:00:00+07:00"}  # fmt: skip
        held = await send(officer, "POST", f"/v1/campaigns/{made['id']}/sessions", evening, 201)
    guide = Guide(text_of("tinh-nguyen-vien"), calling)

    await guide.run()

    assert (guide.values["RESIDENT"], guide.values["SESSION"]) == (resident_id, held["id"])

    results = [
        [item["result"] for item in answer.json()["items"]] for name, answer in guide.answers if "batches" in name
    ]
    assert results == [["applied"] * 3, ["unchanged"], ["applied"], ["applied"]]
    proposed = [answer.json()["items"][0] for name, answer in guide.answers if "batches" in name][2]
    assert proposed["is_proposal"] is True


@pytest.mark.parametrize("name", ["ke-hoach-cua-xa", "tinh-nguyen-vien"])
def test_a_guide_names_only_paths_of_the_api(name: str) -> None:
    known = (
        app.openapi()["paths"]
        | json.loads((ROOT / "docs" / "api" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    )
    operations = re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/v1/[^`\s]+)`", text_of(name))

    assert operations
    for method, url in operations:
        assert any(_templates(known, method, re.sub(r"\{\w+\}", "x", url))), (method, url)
