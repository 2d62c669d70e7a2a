"""Reads the pack of a province: a folder of data files that `PROVINCE_DIR` names. Nothing else in the code knows a province.

`province.toml` has names and identifiers. The other files belong to the service that reads them, which checks them when it
starts: units and successors (registry), procedures and calendar (casework), points of the map (reporting).
See docs/provinces.md.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chassis.settings import get_settings

MANIFEST = "province.toml"
CHECKOUT = Path(__file__).parents[3]

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class PackRefused(ValueError):
    """A pack that cannot be used; the message names the folder, the file and each fault, for the operator."""

    def __init__(self, folder: Path, faults: list[str]) -> None:
        self.faults = faults
        named = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"The pack of the province in {folder} (PROVINCE_DIR) cannot be used:\n{named}")


class Reports(BaseModel):
    """What official reports of this province say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    basis: tuple[Line, ...] = Field(min_length=1)
    """The documents on which a report rests whose campaign names none, in the words that follow "Căn cứ"."""


class PackManifest(BaseModel):
    """`province.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[0-9]{2}$")
    """The code of the province in the tree of units (National Statistics Office)."""
    name: Line
    """In Vietnamese, without its kind."""
    kind: Literal["province", "city"]
    """`city`: a city under the central government."""
    name_in_codes: str = Field(pattern=r"^[A-Z0-9](?:[A-Z0-9 ]{0,13}[A-Z0-9])?$")
    """The city of a merchant in VietQR codes: capitals without accents, at most 15 (EMVCo tag 60)."""
    agency: str = Field(pattern=r"^[A-Z][0-9]{2}$")
    """The identifier of the province in document exchange and in codes of dossiers, such as H01 (QCVN 102:2016/BTTTT)."""
    reports: Reports


class Pack(PackManifest):
    """A pack: its manifest and where its files are."""

    folder: Path

    @property
    def called(self) -> str:
        """The province with its kind, within a sentence: "tỉnh …", "thành phố …"."""
        return f"{'thành phố' if self.kind == 'city' else 'tỉnh'} {self.name}"

    @property
    def authority(self) -> str:
        """The body above the communes, as slips and receipts head themselves."""
        return f"Ủy ban nhân dân {self.called}"

    @property
    def party_committee(self) -> str:
        """To whom the province itself reports."""
        return "Thành ủy" if self.kind == "city" else "Tỉnh ủy"

    @property
    def units(self) -> Path:
        """The table of units, both generations."""
        return self.folder / "units.csv"

    @property
    def successions(self) -> Path:
        """Which unit took over which."""
        return self.folder / "successions.csv"

    @property
    def corrected_names(self) -> Path | None:
        """Units whose names were wrong in an earlier release of the pack; None where there are none."""
        return self._optional("corrected_names.csv")

    @property
    def commune_points(self) -> Path | None:
        """A point of each commune; None: the dashboard has no map."""
        return self._optional("commune_points.csv")

    @property
    def calendar(self) -> Path:
        """Days off and working days of the province, office hours and deadlines that it sets."""
        return self.folder / "calendar.yaml"

    @property
    def procedures(self) -> Path:
        """The folder of the procedures, one file for each national code, with the fields and choices they share."""
        return self.folder / "procedures"

    @property
    def demo(self) -> Path | None:
        """Villages and plans of the demo; None: this province has no demo."""
        return self._optional("demo")

    def _optional(self, name: str) -> Path | None:
        path = self.folder / name
        return path if path.exists() else None


@cache
def get_pack() -> Pack:
    """The pack of this platform, read once; raises PackRefused."""
    return read_pack(pack_folder(get_settings().province_dir))


def pack_folder(named: Path | str) -> Path:
    """The folder that a setting names. A relative path counts from the working directory, else from the checkout."""
    folder = Path(named)
    return folder if folder.is_absolute() or folder.is_dir() else CHECKOUT / folder


def read_pack(folder: Path) -> Pack:
    """The pack in a folder; raises PackRefused with every fault of its manifest and every file that is missing."""
    if not folder.is_dir():
        raise PackRefused(folder, ["there is no such folder"])
    try:
        values = tomllib.loads((folder / MANIFEST).read_text("utf-8"))
        pack = Pack.model_validate(values | {"folder": folder})
    except FileNotFoundError:
        raise PackRefused(folder, [f"{MANIFEST} is missing"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackRefused(folder, [f"{MANIFEST}: {error}"]) from None
    except ValidationError as error:
        raise PackRefused(folder, [_fault(each["loc"], each["msg"]) for each in error.errors()]) from None
    needed = (pack.units, pack.successions, pack.calendar, pack.procedures)
    if missing := [f"{path.name} is missing" for path in needed if not path.exists()]:
        raise PackRefused(folder, missing)
    return pack


def _fault(where: tuple[int | str, ...], message: str) -> str:
    return f"{MANIFEST}, {'.'.join(str(part) for part in where)}: {message}"
