"""`docs/api/CHANGELOG.md`: what each version of the API added and removed, from the inventories of its releases.

`docs/api/releases/<version>.txt` is the inventory of a released document: a line for each operation, parameter and field.
`python -m deploy.generate.changelog` writes it for the present version, once, when that version is released; the changelog
compares each release with the one before, and the document of today with the last one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from gateway.api_docs.version import API_VERSION

ROOT = Path(__file__).parents[2]
RELEASES = ROOT / "docs/api/releases"
HEAD = (
    "# Changes of the API\n\nBy version, newest first; written by `make generate` from the comparison of documents. "
    "What is deprecated stays twelve months with `Deprecation` and `Sunset`."
)


def inventory(document: Mapping[str, Any]) -> list[str]:
    """`GET /v1/units`, `GET /v1/units ?level`, `registry.UnitView .name`: everything that a user can rely on, sorted."""
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            name = f"{method.upper()} {path}"
            found.append(name)
            found += [f"{name} ?{one['name']}" for one in operation.get("parameters", ()) if one["in"] == "query"]
            found += [f"{name} deprecated" for _ in range(bool(operation.get("deprecated")))]
    for schema, definition in document["components"].get("schemas", {}).items():
        found += [f"{schema} .{field}" for field in definition.get("properties", {})]
    return sorted(found)


def changelog(document: Mapping[str, Any], releases: Path = RELEASES) -> str:
    """The page, for the document of today."""
    versions = _released(releases)
    versions.setdefault(API_VERSION, inventory(document))
    ordered = sorted(versions, key=_numbers)
    parts = [HEAD]
    for before, after in reversed(list(pairwise(ordered))):
        parts.append(f"## {after}\n\n{_difference(set(versions[before]), set(versions[after]))}")
    return "\n\n".join([*parts, f"## {ordered[0]}\n\nThe first version: {_size(versions[ordered[0]])}."]) + "\n"


def since_release(document: Mapping[str, Any], version: str = API_VERSION, releases: Path = RELEASES) -> list[str]:
    """What the semantic version does not allow, one sentence each: operations and query parameters of the last release that
    are gone in the same major version, and a released version whose document is another one now."""
    released = _released(releases)
    earlier = [one for one in released if _numbers(one) <= _numbers(version)]
    if not earlier:
        return []
    last, now = max(earlier, key=_numbers), set(inventory(document))
    if last == version and set(released[last]) != now:
        return [f"{version} is released with another document: raise API_VERSION in gateway/api_docs/version.py"]
    if _numbers(last)[0] < _numbers(version)[0]:
        return []
    gone = sorted(
        line
        for line in set(released[last]) - now
        if line.split(" ")[1].startswith("/") and not line.endswith(" deprecated")
    )
    return [f"{line} of {last} is gone: it stays until the next major version" for line in gone]


def _released(releases: Path) -> dict[str, list[str]]:
    return {path.stem: path.read_text(encoding="utf-8").split("\n")[:-1] for path in releases.glob("*.txt")}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _difference(before: set[str], after: set[str]) -> str:
    added, removed = sorted(after - before), sorted(before - after)
    titles = (("Added", added), ("Removed", removed))
    return "\n\n".join(f"**{title}**\n\n{_listed(lines)}" for title, lines in titles if lines) or "Texts only."


def _listed(lines: Iterable[str]) -> str:
    """Operations by themselves, parameters and fields behind what they belong to."""
    by_owner: dict[str, list[str]] = {}
    for line in lines:
        owner, _, part = line.rpartition(" ") if line.rpartition(" ")[2][:1] in ("?", ".") else (line, "", "")
        by_owner.setdefault(owner, []).extend([part] if part else [])
    return "\n".join(
        f"- `{owner}`" + (f": {', '.join(f'`{part[1:]}`' for part in parts)}" if parts else "")
        for owner, parts in by_owner.items()
    )


def _size(lines: list[str]) -> str:
    operations = [line for line in lines if line.split(" ")[0].isupper() and "?" not in line]
    return f"{len(operations)} operations"


def release() -> int:
    """Write the inventory of the present version; 1 where it is released already."""
    target = RELEASES / f"{API_VERSION}.txt"
    if target.exists():
        print(f"{API_VERSION} is released: raise API_VERSION in gateway/api_docs/version.py")
        return 1
    document = json.loads((ROOT / "docs/api/openapi.json").read_text(encoding="utf-8"))
    target.write_text("\n".join(inventory(document)) + "\n", encoding="utf-8")
    print(f"wrote {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(release())
