"""The process that opens a PDF: `python -m casework.signatures.reader ROOTS SECONDS` takes it on stdin, answers JSON on stdout.

Its memory and processor time are limited, it has no environment and asks nothing of the network. pyHanko verifies.
"""

import io
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESSubIndic
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from casework.signatures.verdict import SignatureCheck, SignatureFound, SignerKind, Verdict

MEMORY_BYTES = 1024**3
MOST_SIGNATURES = 20
SIGNING = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
REASONS: dict[AdESSubIndic, str] = {
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: "certificate-not-in-force",
    AdESIndeterminate.REVOKED_NO_POE: "certificate-revoked",
    AdESIndeterminate.REVOKED_CA_NO_POE: "authority-revoked",
}
CERTIFICATES = frozenset({".pem", ".crt", ".cer", ".der"})

# The identifier that Vietnamese certification authorities put into the subject, as seen in their certificates: `MST:` a tax
# code, `CCCD:` and `CMND:` a person's number. Not verified against the text of a circular.
ORGANIZATION_PREFIXES, PERSON_PREFIXES = ("MST:", "MSDN:"), ("CCCD:", "CMND:", "HC:")


class TooManySignatures(ValueError):
    """No honest document has so many signatures."""


def main() -> None:
    """Reads one PDF and prints the verdict on its signatures; a broken file ends the process."""
    roots, seconds = sys.argv[1], float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
    check = read_signatures(sys.stdin.buffer.read(), Path(roots) if roots else None)
    sys.stdout.write(check.model_dump_json())


def read_signatures(content: bytes, trust_roots: Path | None) -> SignatureCheck:
    """Every signature of the document; raises whatever a broken PDF makes its reader raise."""
    signatures = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures
    if len(signatures) > MOST_SIGNATURES:
        raise TooManySignatures(len(signatures))
    return SignatureCheck.of([_found(signature, trust_roots) for signature in signatures])


def _found(signature: EmbeddedPdfSignature, trust_roots: Path | None) -> SignatureFound:
    status = validate_pdf_signature(signature, _trust(trust_roots), key_usage_settings=SIGNING)
    verdict = _verdict(status)
    stamp = status.timestamp_validity
    is_stamped = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
    return SignatureFound(
        verdict=verdict,
        reason=_reason(status) if verdict == "untrusted" else None,
        is_intact=status.intact and status.valid,
        covers_whole_document=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        signed_at=stamp.timestamp if stamp and is_stamped else status.signer_reported_dt,
        is_time_stamped=is_stamped,
        signer_kind=_signer_kind(signature),
        certificate_serial=f"{status.signing_cert.serial_number:x}",
        issuer=status.signing_cert.issuer.native.get("common_name") if verdict == "trusted" else None,
    )


def _trust(folder: Path | None) -> ValidationContext:
    files = sorted(_files(folder)) if folder else []
    certificates = [str(file) for file in files if file.suffix.lower() in CERTIFICATES]
    revoked = [file.read_bytes() for file in files if file.suffix.lower() == ".crl"]
    roots = list(load_certs_from_pemder(certificates))  # type: ignore[no-untyped-call]  # an untyped function of the library
    return ValidationContext(trust_roots=roots, crls=revoked, allow_fetching=False)


def _files(folder: Path) -> Iterator[Path]:
    return iter([folder]) if folder.is_file() else (file for file in folder.iterdir() if file.is_file())


def _verdict(status: PdfSignatureStatus) -> Verdict:
    was_changed = status.modification_level is ModificationLevel.OTHER or status.docmdp_ok is False
    if not (status.intact and status.valid) or was_changed:
        return "modified"
    if status.trusted:
        return "trusted"
    return "unknown" if status.validation_path is None else "untrusted"


def _reason(status: PdfSignatureStatus) -> str | None:
    problem = status.trust_problem_indic
    return REASONS.get(problem, problem.standard_name.lower().replace("_", "-")) if problem is not None else None


def _signer_kind(signature: EmbeddedPdfSignature) -> SignerKind:
    subject = signature.signer_cert.subject.native
    identifier = str(subject.get("user_id") or "").upper()
    if identifier.startswith(ORGANIZATION_PREFIXES) or "organization_identifier" in subject:
        return "organization"
    if identifier.startswith(PERSON_PREFIXES) or "given_name" in subject or "surname" in subject:
        return "individual"
    return "organization" if "organization_name" in subject else "unknown"


if __name__ == "__main__":
    main()
