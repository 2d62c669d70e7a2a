"""The pack of the province that PROVINCE_DIR names: every service would refuse to start with a faulty one."""

from __future__ import annotations

import subprocess
import sys

from chassis.settings import DEFAULT_PROVINCE
from deploy.preflight.finding import PreflightFinding
from province.pack import pack_folder


def check_province(named: str) -> list[PreflightFinding]:
    """`named`: the value of PROVINCE_DIR, "" for the default. In a process of its own, which reads the pack as services do."""
    folder = pack_folder(named or DEFAULT_PROVINCE)
    command = [sys.executable, "-m", "deploy.provinces", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode == 0:
        return []
    faults = ended.stderr.strip().splitlines() or [f"{command[-2]} ended with {ended.returncode}"]
    return [PreflightFinding("province", f"{folder}: {fault}.", "See docs/provinces.md.") for fault in faults]
