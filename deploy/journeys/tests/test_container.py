"""The image has what the journeys import, their accounts' file may be empty; they serve `/status` where no proxy of ours does."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx

from deploy.demo.api_client import eventually
from deploy.journeys.accounts import Accounts, JourneyAccount, JourneyPartner
from deploy.journeys.page import page_of, serve_page
from deploy.local.ports import free_port
from gateway.status.document import FILE, Part, PlatformStatus, Title

ROOT = Path(__file__).parents[3]
COPIED = re.findall(
    r"^COPY (deploy/\S+) /opt/bakhong/(deploy/\S+)$", (ROOT / "deploy/service.Dockerfile").read_text(), re.MULTILINE
)


def test_what_the_image_copies_is_all_that_the_process_imports(tmp_path: Path) -> None:
    for source, place in COPIED:
        target = tmp_path / place / ("" if (ROOT / source).is_dir() else Path(source).name)
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, target)

    done = subprocess.run(
        [sys.executable, "-c", "import deploy.journeys.__main__ as main; print(main.__file__)"],
        cwd=tmp_path, env={"PATH": "/usr/bin"}, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))


def test_an_empty_file_means_that_nothing_is_prepared_and_writing_keeps_the_file(tmp_path: Path) -> None:
    file = tmp_path / "journeys.json"
    assert Accounts.read(file) is None
    file.touch(0o444)
    assert Accounts.read(file) is None
    place = file.stat().st_ino
    login = JourneyAccount(login="tap-huan-1", secret="1")
    accounts = Accounts(
        resident=login, resident_id="r", officer=login, merchant_id="m", procedure="2.000635",
        partner=JourneyPartner(id="p", webhook_secret="whsec_", client_id="p", client_secret="s"),
        prepared_at=datetime(2026, 11, 30, tzinfo=UTC),
    )  # fmt: skip

    accounts.write(file)

    assert Accounts.read(file) == accounts
    assert file.stat().st_ino == place


async def ask(folder: Path, path: str = "/status", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(page_of(folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://status") as client:
        return await client.get(path, headers=headers)


async def test_the_page_says_what_the_files_say_and_nothing_before_the_first_round(tmp_path: Path) -> None:
    assert (await ask(tmp_path)).status_code == 503
    assert (await ask(tmp_path, "/metrics")).status_code == 404

    part = Part(code="dossier", title=Title(vi="Nộp hồ sơ", en="Dossier"), state="down")
    status = PlatformStatus(state="down", checked_at=datetime.now(UTC), journeys=[part], services=[])
    (tmp_path / FILE).write_text(status.model_dump_json())

    assert (await ask(tmp_path)).json()["journeys"][0]["state"] == "down"
    assert "Nộp hồ sơ" in (await ask(tmp_path, accept="text/html")).text
    english = await ask(tmp_path, "/status?lang=en", accept="text/html")
    assert "The services are down" in english.text
    assert "default-src 'none'" in english.headers["content-security-policy"]


def test_it_is_served_on_its_port_by_the_process(tmp_path: Path) -> None:
    port = free_port()
    serve_page(tmp_path, port)
    assert eventually(lambda: is_answered(port), 20)


def is_answered(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/status", timeout=2).status_code == 503
    except httpx.HTTPError:
        return False
