"""`make run` ends with the next step for each kind of person, in pages that exist."""

import re
from pathlib import Path

from deploy.local.progress import what_next

ROOT = Path(__file__).parents[3]


def test_each_kind_of_person_gets_the_next_step() -> None:
    printed = what_next("http://localhost:8080")
    pages = re.findall(r"docs/[\w/.-]+\.md", printed)

    assert [word for word in ("makers of an app", "partners", "officers", "operators") if word not in printed] == []
    assert pages
    assert all((ROOT / page).exists() for page in pages)
