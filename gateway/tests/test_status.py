"""/status for people and programs: what the journeys measured, else the services' readiness."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from chassis.clock import now
from contracts.services import EVERY_PROCESS
from gateway.asgi import Gateway
from gateway.status.document import FILE, JOURNEYS, SERVICES, Part, PlatformStatus, State, overall, read_status
from gateway.status.page import WORDS, status_page

HTML = {"accept": "text/html"}


def measured(state: State = "down") -> PlatformStatus:
    part = Part(code="dossier", title=JOURNEYS["dossier"], state=state, since=now(), level=98.25, days=3)
    return PlatformStatus(state="impaired", checked_at=now(), journeys=[part], services=[])


def test_every_service_has_a_name_for_people() -> None:
    assert list(SERVICES) == list(EVERY_PROCESS)
    assert set(WORDS["vi"]) == set(WORDS["en"])


async def test_without_measurements_the_status_is_that_of_the_services(client: httpx.AsyncClient) -> None:
    answer = await client.get("/status")

    status = answer.json()
    assert answer.headers["cache-control"] == "public, max-age=30"
    assert [part["code"] for part in status["services"]] == list(SERVICES)
    assert status["journeys"] == []
    assert {part["since"] for part in status["services"]} == {None}


async def test_the_status_shows_states_and_no_internals(client: httpx.AsyncClient, asgi_app: Gateway) -> None:
    answer = await client.get("/status")
    page = await client.get("/status", headers=HTML)

    status = answer.json()
    assert set(status) == {"state", "checked_at", "objective", "journeys", "services"}
    assert {name for part in status["services"] for name in part} == {
        "code",
        "title",
        "state",
        "since",
        "level",
        "days",
    }
    for inside in asgi_app.settings.service_urls().values():
        assert inside.removeprefix("http://") not in answer.text + page.text


async def test_a_browser_gets_a_page_in_its_language_and_programs_get_json(client: httpx.AsyncClient) -> None:
    vietnamese = await client.get("/status", headers=HTML)
    english = await client.get("/status", headers={**HTML, "accept-language": "en-GB,en;q=0.9,vi;q=0.1"})
    chosen = await client.get("/status?lang=en", headers={**HTML, "accept-language": "vi"})
    data = await client.get("/status?format=json", headers=HTML)

    assert '<html lang="vi">' in vietnamese.text
    assert "Tình trạng dịch vụ" in vietnamese.text
    assert "script" not in vietnamese.text
    assert '<html lang="en">' in english.text
    assert '<html lang="en">' in chosen.text
    assert data.json()["state"]
    assert vietnamese.headers["vary"] == "accept, accept-language"
    assert "default-src 'none'" in vietnamese.headers["content-security-policy"]
    assert (await client.post("/status")).status_code == 405


async def test_what_was_measured_is_shown_while_it_is_fresh(
    client: httpx.AsyncClient, asgi_app: Gateway, tmp_path: Path
) -> None:
    asgi_app.pages.settings = asgi_app.settings.model_copy(update={"status_dir": tmp_path})
    (tmp_path / FILE).write_text(measured().model_dump_json())
    fresh = await client.get("/status")
    old = measured().model_copy(update={"checked_at": now() - timedelta(minutes=6)})
    (tmp_path / FILE).write_text(old.model_dump_json())
    unmeasured = await client.get("/status")

    assert [part["code"] for part in fresh.json()["journeys"]] == ["dossier"]
    assert unmeasured.json()["journeys"] == []
    (tmp_path / FILE).write_text("{")
    assert read_status(tmp_path) is None


def test_the_page_shows_state_since_and_level_in_words() -> None:
    page = status_page(measured(), "vi")

    assert "Không hoạt động" in page
    assert "98,25 % số lần kiểm tra trong 3 ngày qua" in page
    assert "Một phần dịch vụ không hoạt động" in page
    assert "98.25 % of the checks of the last 3 days" in status_page(measured(), "en")


@pytest.mark.parametrize(
    ("journeys", "services", "state"),
    [
        (["works", "works"], ["works"], "works"),
        (["works", "down"], ["works"], "impaired"),
        (["works", "impaired"], ["works"], "impaired"),
        (["down", "down"], ["works"], "down"),
        (["works"], ["works", "down"], "impaired"),
        ([], ["works", "down"], "impaired"),
        ([], ["down", "down"], "down"),
        ([], [], "unknown"),
    ],
)
def test_the_whole_is_as_good_as_its_parts(journeys: list[State], services: list[State], state: State) -> None:
    assert overall(journeys, services) == state
