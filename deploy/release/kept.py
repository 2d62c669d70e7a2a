"""Which releases were started here, as two lines of `.env`: what Compose starts now, and what came up healthy before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dotenv import set_key

VERSION, RELEASES = "VERSION", "RELEASES"
KEPT = 2


class Kept(NamedTuple):
    """`now`: the tag of the images that Compose starts; `healthy`: the last two that came up, the newest last."""

    now: str
    healthy: tuple[str, ...]

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Kept:
        return cls(settings.get(VERSION, ""), tuple(filter(None, settings.get(RELEASES, "").split(","))))

    def starting(self, tag: str) -> Kept:
        """Another release is started; whether it comes up is not known yet."""
        return self._replace(now=tag)

    def came_up(self) -> Kept:
        """The started release is healthy."""
        others = tuple(tag for tag in self.healthy if tag != self.now)
        return self._replace(healthy=(*others, self.now)[-KEPT:])

    @property
    def before(self) -> str | None:
        """The release to go back to: the last one that was healthy and is not the started one."""
        return next((tag for tag in reversed(self.healthy) if tag != self.now), None)

    def went_back(self) -> Kept:
        """The release before is started in place of the newer one, to which no way leads but an upgrade."""
        before = self.before or self.now
        return Kept(before, self.healthy[: self.healthy.index(before) + 1])

    @property
    def tags(self) -> set[str]:
        """The images that are kept."""
        return {self.now, *self.healthy}

    def write(self, file: Path) -> None:
        """Change the two lines of the settings file; the others stay as they are."""
        set_key(file, VERSION, self.now, quote_mode="never")
        set_key(file, RELEASES, ",".join(self.healthy), quote_mode="never")
