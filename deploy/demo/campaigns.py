"""The demo's two campaigns, from the plans beside this file, with what was done in them."""

from __future__ import annotations

from pathlib import Path

from deploy.demo.door import Outsider

PLANS = Path(__file__).with_name("plans")


def load(outside: Outsider) -> None:
    """Both plans, then a few sessions and communications in each."""
