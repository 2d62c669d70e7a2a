"""Village names as people write them, found among the villages of a unit. No database, no web."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from registry.names import clean, squeeze
from tabular import Finding

VILLAGE_UNKNOWN = Finding(
    "village-unknown",
    "Không có thôn, tổ dân phố này trong đơn vị nhập danh sách. Hãy ghi tên hoặc mã như trong danh mục đơn vị",
    "There is no such village in the unit of this list. Write its name or code as the list of units has it",
)
VILLAGE_AMBIGUOUS = Finding(
    "village-ambiguous",
    "Có nhiều thôn trùng tên. Hãy ghi mã thôn, hoặc ghi thêm tên xã phía sau",
    "Several villages have this name. Write the code, or the name of the commune behind it",
)

_RURAL = ("thon", "ban", "lang", "xom", "ap")
_URBAN = ("todanpho", "khudanpho", "khudancu", "khupho", "tdp", "kp", "pho", "khu", "to")
_COMMUNES = ("thitran", "phuong", "xa", "tt")
_KINDS = {
    **dict.fromkeys(("village", "hamlet"), _RURAL),
    **dict.fromkeys(("residential_group", "quarter"), _URBAN),
}
_PARTS = re.compile(r"\s*[,;/()\n]+\s*|\s+[-\u2013\u2014]\s+")
_COMMUNE_BEHIND = re.compile(r"\s+(?=(?:xã|phường|thị\s+trấn|tt\.?|x\.|p\.)\s*\S)", re.IGNORECASE)
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


class NamedVillage(NamedTuple):
    """A unit that a list may name. `within`: the names of the communes to which it ever belonged."""

    id: UUID
    code: str
    name: str
    kind: str
    within: frozenset[str]


class VillageNames:
    """The units of a list by code and by every spelling of their names.

    "Thôn 4", "thôn 04" and "4" are one name; "TDP 2" is "Tổ dân phố 2"; "Thôn 4" is "Thôn Đồng Thắng 4" where the number
    is unique in the unit, or where the commune stands behind it ("Thôn 4, xã Đồng Thắng").
    """

    def __init__(self, villages: Iterable[NamedVillage]) -> None:
        self._by_code: dict[str, NamedVillage] = {}
        self._by_whole: dict[str, list[NamedVillage]] = defaultdict(list)
        self._by_bare: dict[str, list[NamedVillage]] = defaultdict(list)
        self._by_number: dict[str, list[NamedVillage]] = defaultdict(list)
        for village in villages:
            self._by_code[village.code.upper()] = village
            self._by_whole[_key(village.name)].append(village)
            bare = _bare(village.name)
            self._by_bare[bare].append(village)
            for short in _without_commune(bare, village.within):
                self._by_number[short].append(village)

    def find(self, written: str) -> UUID | Finding:
        """The id of the unit that a cell names; otherwise what is wrong."""
        first, *behind = _parts_of(written)
        for part in (clean(written), first, *behind):
            if village := self._by_code.get(part.upper()):
                return village.id
        found = self._named(clean(written), []) or self._named(first, behind)
        if not found and (split := _COMMUNE_BEHIND.split(first)) and len(split) > 1:
            found = self._named(split[0], [*split[1:], *behind])
        if len(found) > 1:
            return VILLAGE_AMBIGUOUS
        return found[0].id if found else VILLAGE_UNKNOWN

    def _named(self, name: str, behind: Sequence[str]) -> list[NamedVillage]:
        whole = _in_commune(self._by_whole.get(_key(name), []), behind)
        if whole:
            return whole
        bare = _bare(name)
        found = _in_commune(self._by_bare.get(bare, []), behind) or _in_commune(self._by_number.get(bare, []), behind)
        return _of_kind(found, name)


def _parts_of(written: str) -> list[str]:
    parts = [part for part in map(clean, _PARTS.split(written)) if part]
    return parts or [""]


def _key(name: str) -> str:
    return squeeze(_ZEROS.sub("", name))


def _bare(name: str) -> str:
    """The name without the kind in front, squeezed."""
    key = _key(name)
    kind = _written_kind(key)
    return key.removeprefix(kind) if kind else key


def _written_kind(key: str) -> str:
    kinds = (kind for kind in (*_URBAN, *_RURAL) if key.startswith(kind) and len(key) > len(kind))
    return next(kinds, "")


def _without_commune(bare: str, within: Iterable[str]) -> set[str]:
    """What is left of "Đồng Thắng 4" in the commune Đồng Thắng: "4"."""
    communes = {squeeze(name) for name in within}
    fronts = {bare.removeprefix(name) for name in communes if name and bare.startswith(name)}
    ends = {bare.removesuffix(name) for name in communes if name and bare.endswith(name)}
    return {short for short in fronts | ends if short}


def _in_commune(found: list[NamedVillage], behind: Sequence[str]) -> list[NamedVillage]:
    """Those in the commune that is written behind; all where nothing there names a unit."""
    if not found or not behind:
        return found
    for part in behind:
        key = squeeze(part)
        kind = next((kind for kind in _COMMUNES if key.startswith(kind) and len(key) > len(kind)), "")
        names = {key, key.removeprefix(kind)}
        inside = [village for village in found if names & {squeeze(name) for name in village.within}]
        if inside or kind:
            return inside
    return found


def _of_kind(found: list[NamedVillage], name: str) -> list[NamedVillage]:
    """Where a village and a residential group have one name, the one of the written kind."""
    kind = _written_kind(_key(name))
    alike = [village for village in found if kind in _KINDS.get(village.kind, ())]
    return alike if kind and len(found) > 1 and alike else found
