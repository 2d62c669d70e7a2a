"""What casework reads from the environment beside the common settings."""

from functools import cache
from pathlib import Path

from pydantic import Field

from chassis.settings import Settings
from province import get_pack


class CaseworkSettings(Settings):
    """Every one has a working default."""

    calendar_file: Path = Field(default_factory=lambda: get_pack().calendar)
    """The working calendar; unset: that of the province's pack."""
    procedures_dir: Path = Field(default_factory=lambda: get_pack().procedures)
    """The procedures; unset: those of the province's pack."""
    dossier_code_pattern: str = Field(default_factory=lambda: get_pack().agency + ".{unit}-{day:%y%m%d}-{serial:04d}")
    """The form since Circular 03/2025/TT-VPCP is unverified; `000.00.{unit}.H01-...` is the one before, H01 the province."""
    organ_id_pattern: str = Field(default_factory=lambda: get_pack().agency + ".{unit}")
    """A unit's identifier in document exchange; its form for communes since 2025 is unverified."""
    organ_id_patterns_read: tuple[str, ...] = Field(
        default_factory=lambda: tuple(
            form.format(unit="{unit}", agency=get_pack().agency)
            for form in ("000.00.{unit}.{agency}", "000.{unit}.00.{agency}", "{unit}.00.00.{agency}")
        )
    )
    """Identifiers of four parts (QCVN 102:2016/BTTTT) under which others still address a unit; read, never written."""
    envelope_limit_bytes: int = 20 * 1024 * 1024
    attachment_limit_bytes: int = 10 * 1024 * 1024
    attachments_per_dossier: int = 30
    scan_command: str = ""
    """A scanner that reads a file on stdin and exits 0 when it is clean, for instance `clamdscan --no-summary -`."""
    signature_trust_roots: Path | None = None
    """A file, or a folder of certificates (PEM, or DER) of the certification authorities whose signatures count as trusted,
    with their revocation lists (`.crl`, DER) beside them. Unset: intact signatures are shown as `unknown`."""
    signature_seconds: float = 10.0
    """How long the signatures of one file may take."""
    prefill_seconds: float = 2.0
    """How long a form waits for the registry before it opens with empty fields."""
    most_extensions: int = 1
    """How often a promised date may be moved with an apology (unverified in Decree 118/2025)."""
    tracking_guesses_an_hour: int = 5
    """Wrong phone digits for one code from one address within an hour."""
    tracking_guesses_of_a_code: int = 20
    """Wrong phone digits for one code from all addresses within an hour; the tracking key is not affected."""
    public_url: str = "http://127.0.0.1:8080"
    """What the slip's tracking code leads to."""


@cache
def get_settings() -> CaseworkSettings:
    """The settings of this process, read once."""
    return CaseworkSettings()
