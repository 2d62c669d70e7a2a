"""The machine: its cores and who runs on which, its disk, and what is installed for the baselines."""

import os
import platform
import shutil
import statistics
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cores:
    """The load generator has its own core; what is measured has one too; PostgreSQL has the rest.

    On two cores PostgreSQL shares the core of what is measured, for the baselines as for the platform.
    """

    generator: frozenset[int]
    measured: frozenset[int]
    database: frozenset[int]

    @classmethod
    def of_this_machine(cls) -> "Cores":
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) == 1:
            return cls(frozenset(cores), frozenset(cores), frozenset(cores))
        rest = cores[1:-1] or cores[:1]
        return cls(frozenset(cores[-1:]), frozenset(cores[:1]), frozenset(rest))

    @property
    def platform(self) -> frozenset[int]:
        """Where all processes of the platform run when it is measured as a whole."""
        return self.measured | self.database

    def describe(self) -> str:
        """Which core does what, in a line."""
        return (
            f"generator on core {_listed(self.generator)}, measured process on {_listed(self.measured)}, "
            f"PostgreSQL on {_listed(self.database)}"
        )


def _listed(cores: frozenset[int]) -> str:
    return ",".join(map(str, sorted(cores)))


def describe() -> str:
    """Processor, cores, memory and Python of this machine."""
    models = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def seconds_to_sync(folder: Path, times: int = 100) -> float:
    """The median time of writing 8 KiB and waiting until it is on the disk that holds `folder`."""
    path = folder / "sync.probe"
    taken = []
    with path.open("wb") as file:
        for _ in range(times):
            started = time.perf_counter()
            os.pwrite(file.fileno(), b"x" * 8192, 0)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    path.unlink()
    return statistics.median(taken)


def load_average() -> float:
    """How many processes wanted to run in the last minute: over 1 before a benchmark begins, its figures are noisy."""
    return os.getloadavg()[0]


def find_tool(name: str) -> str | None:
    """The path of an installed program, also where a system keeps those of its administrator."""
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin")


def memory_of(pids: list[int]) -> int:
    """Bytes of memory of processes, what they share counted once (proportional set size)."""
    return sum(_field(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in pids)


def _field(path: str, name: str) -> int:
    return sum(int(line.split()[1]) * 1024 for line in _lines(path) if line.startswith(name))


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
