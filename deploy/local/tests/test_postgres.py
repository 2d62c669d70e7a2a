"""The embedded server: starts anywhere, keeps what was committed, and never outlives its parent."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local import postgres
from deploy.local.postgres import EmbeddedPostgres, PostgresNotStarted, temporary_postgres

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="the change of account needs root")


@pytest.fixture
def open_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory that any account may enter (pytest's own are closed to others)."""
    path = Path(tempfile.mkdtemp(prefix="bakhong-open-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def ask(url: str, *statements: str) -> str:
    async def run() -> str:
        connection = await asyncpg.connect(f"{url}/postgres")
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return str(await connection.fetchval(statements[-1]))
        finally:
            await connection.close()

    return asyncio.run(run())


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(pid: int, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.05)


def test_it_is_postgresql_18_with_a_locale_that_is_the_same_everywhere() -> None:
    with temporary_postgres() as url:
        assert ask(url, "SHOW server_version").startswith("18.")
        assert ask(url, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'postgres'") == (
            "bC.UTF-8"
        )
        assert ask(url, "SELECT lower('ĐỒNG TIẾN')") == "đồng tiến"
        assert ask(url, "SHOW jit") == "off"
        assert ask(url, "SHOW max_connections") == "300"


def test_it_asks_for_the_password() -> None:
    with temporary_postgres() as url, pytest.raises(asyncpg.InvalidPasswordError):
        ask(url.replace("bakhong:", "bakhong:x"), "SELECT 1")


def test_what_was_committed_is_there_after_the_next_start(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir) as first:
        ask(first.url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
    started = time.monotonic()
    with EmbeddedPostgres(open_dir) as second:
        assert time.monotonic() - started < 5
        assert ask(second.url, "SELECT n FROM kept") == "7"


def test_what_was_committed_survives_kill_9_of_the_server(open_dir: Path) -> None:
    server = EmbeddedPostgres(open_dir)
    url = server.start()
    ask(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert server.pid is None
    server.stop()
    with EmbeddedPostgres(open_dir) as second:
        assert ask(second.url, "SELECT n FROM kept") == "7"


def test_a_stale_note_whose_number_belongs_to_another_process_does_not_stop_the_start(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir):
        pass
    note = open_dir / "postgres" / "cluster" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n")
    with EmbeddedPostgres(open_dir) as server:
        assert ask(server.url, "SELECT 1") == "1"


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_parent_however_the_parent_ends(open_dir: Path, ending: signal.Signals) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(f"""
                import time
                from pathlib import Path
                from deploy.local.postgres import EmbeddedPostgres
                server = EmbeddedPostgres(Path({str(open_dir)!r}))
                print(server.start(), server.pid, flush=True)
                time.sleep(60)
            """),
        ],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert parent.stdout is not None
    url, pid = parent.stdout.readline().decode().split()
    ask(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
    parent.send_signal(ending)
    parent.wait(20)
    parent.stdout.close()
    with EmbeddedPostgres(open_dir) as again:  # at once, while the orphan may still be writing its last page
        assert ask(again.url, "SELECT n FROM kept") == "7"
    wait_until_gone(int(pid))


def test_a_second_server_on_the_same_data_is_refused_with_the_reason(open_dir: Path) -> None:
    script = textwrap.dedent(f"""
        from pathlib import Path
        from deploy.local.postgres import EmbeddedPostgres, PostgresNotStarted
        try:
            EmbeddedPostgres(Path({str(open_dir)!r})).start()
        except PostgresNotStarted as error:
            print(error)
    """)
    with EmbeddedPostgres(open_dir):
        root = Path(__file__).parents[3]
        second = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=root, text=True)
    assert "in use by another" in second.stdout


@as_root
def test_as_root_the_server_runs_under_an_unprivileged_account(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        assert (open_dir / "postgres").is_dir()


@as_root
def test_data_in_a_closed_directory_moves_to_a_remembered_place(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres(closed) as server:
        ask(server.url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
    place = Path((closed / "postgres.place").read_text().strip())
    try:
        assert place.is_dir()
        assert not (closed / "postgres").exists()
        with EmbeddedPostgres(closed) as server:
            assert ask(server.url, "SELECT n FROM kept") == "7"
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(place)


@as_root
def test_programs_in_a_closed_directory_are_copied_to_where_the_account_may_go(
    open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SHARED_PLACES", (open_dir,))
    monkeypatch.setattr(postgres, "is_open_to_others", lambda path, **_: path.is_relative_to(open_dir))
    programs = postgres.find_programs("nobody")
    assert programs.is_relative_to(open_dir)
    data_dir = open_dir / "data"
    data_dir.mkdir()
    with EmbeddedPostgres(data_dir) as server:
        assert ask(server.url, "SHOW server_version").startswith("18.")
        assert os.readlink(f"/proc/{server.pid}/exe").startswith(str(programs))


def test_a_server_that_cannot_start_gives_the_reason(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir):
        pass
    (open_dir / "postgres" / "cluster" / "postgresql.conf").write_text("max_connections = many\n")
    server = EmbeddedPostgres(open_dir)
    with pytest.raises(PostgresNotStarted, match=r"ended during its start"):
        server.start()


def test_the_log_is_closed_to_others_and_holds_no_values(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir, durable=False) as server:
        with pytest.raises(asyncpg.UniqueViolationError):
            asyncio.run(_insert_twice(server.url))
        log = open_dir / "logs" / "postgres.log"
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
        assert "duplicate key" in log.read_text()
        assert "038095000001" not in log.read_text()


async def _insert_twice(url: str) -> None:
    connection = await asyncpg.connect(f"{url}/postgres")
    try:
        await connection.execute("CREATE TABLE person (number text PRIMARY KEY)")
        for _ in range(2):
            await connection.execute("INSERT INTO person VALUES ($1)", "038095000001")
    finally:
        await connection.close()
