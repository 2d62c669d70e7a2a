"""A certification authority of the tests' own, its signers, and PDFs that they really sign."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, async_sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

LONG = timedelta(days=3650)
PEM = serialization.Encoding.PEM
WHERE_REVOKED = x509.DistributionPoint(
    [x509.UniformResourceIdentifier("http://crl.example.vn/root.crl")],
    relative_name=None,
    reasons=None,
    crl_issuer=None,
)


class Holder(NamedTuple):
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)


def authority(name: str = "CA Thử nghiệm") -> Holder:
    """A root that signs itself."""
    return _issue(_name(common_name=name), None, is_authority=True)


def signer_of(root: Holder | None, *, expired: bool = False, **subject: str) -> Holder:
    """A signer under a root, or one who signed their own certificate."""
    until = datetime.now(UTC) - timedelta(days=1) if expired else datetime.now(UTC) + LONG
    return _issue(_name(**(subject or {"common_name": "Nguyễn Văn Thử", "user_id": "CCCD:038000000000"})), root, until)


async def signed(content: bytes, holder: Holder, root: Holder | None = None, field: str = "Signature1") -> bytes:
    """The PDF with one more signature."""
    key = load_private_key_from_pemder_data(
        holder.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), None
    )
    certificate, *_ = load_certs_from_pemder_data(holder.pem)
    known = SimpleCertificateStore.from_certs(load_certs_from_pemder_data(root.pem) if root else [])
    signer = SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=known)
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    await async_sign_pdf(writer, PdfSignatureMetadata(field_name=field), signer, output=out)
    return out.getvalue()


def with_more_on_the_page(content: bytes) -> bytes:
    """The PDF after a change of its page in an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer.add_stream_to_page(
        0,
        writer.add_object(RawContent(b"0 0 100 100 re f", box=BoxConstraints(width=100, height=100)).as_form_xobject()),
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_another_word(content: bytes) -> bytes:
    """The PDF with one letter changed under the signature."""
    at = content.index(b"/Producer")
    return content[: at + 12] + bytes([content[at + 12] ^ 1]) + content[at + 13 :]


def revocation_list(root: Holder, revoked: Holder) -> bytes:
    """The root's list with one certificate on it."""
    now = datetime.now(UTC)
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(revoked.certificate.serial_number)
        .revocation_date(now - timedelta(hours=1))
        .build()
    )
    builder = x509.CertificateRevocationListBuilder(root.certificate.subject, now - timedelta(hours=1), now + LONG)
    return (
        builder.add_revoked_certificate(entry).sign(root.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    )


def keep(folder: Path, *holders: Holder) -> Path:
    """A folder of trusted roots."""
    folder.mkdir(exist_ok=True)
    for number, holder in enumerate(holders):
        (folder / f"{number}.pem").write_bytes(holder.pem)
    return folder


def _issue(
    subject: x509.Name, root: Holder | None, until: datetime | None = None, *, is_authority: bool = False
) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_authority, crl_sign=is_authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(root.certificate.subject if root else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=400))
        .not_valid_after(until or datetime.now(UTC) + LONG)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.CRLDistributionPoints([WHERE_REVOKED]), critical=False)
    )
    return Holder(key, builder.sign(root.key if root else key, hashes.SHA256()))


def _name(**parts: str) -> x509.Name:
    oids = {
        "common_name": NameOID.COMMON_NAME,
        "user_id": NameOID.USER_ID,
        "organization_name": NameOID.ORGANIZATION_NAME,
    }
    return x509.Name([x509.NameAttribute(oids[part], value) for part, value in parts.items()])
