"""What a signed PDF proves: real certificates, real signatures, and files made to harm."""

import time
import zlib
from pathlib import Path

import pytest

from casework.signatures import check_signatures
from casework.slip.typeset import typeset
from services.casework.tests.signing import (
    authority,
    keep,
    revocation_list,
    signed,
    signer_of,
    with_another_word,
    with_more_on_the_page,
)

SECONDS = 20.0
SHEET = Path(__file__).with_name("sheet.typ")


@pytest.fixture(scope="module")
def document():
    """A PDF of one page, as any office writes them."""
    return typeset(SHEET, {})


@pytest.fixture(scope="module")
def root():
    return authority()


@pytest.fixture(scope="module")
def signer(root):
    return signer_of(root)


@pytest.fixture
def roots(tmp_path, root):
    return keep(tmp_path / "roots", root)


async def check(content, roots=None, seconds=SECONDS):
    return await check_signatures(content, roots, seconds=seconds)


async def test_a_signature_under_a_trusted_root_is_trusted_and_names_only_the_authority(document, root, signer, roots):
    found = await check(await signed(document, signer, root), roots)

    assert found.verdict == "trusted"
    [signature] = found.signatures
    assert (signature.is_intact, signature.covers_whole_document) == (True, True)
    assert (signature.signer_kind, signature.issuer) == ("individual", "CA Thử nghiệm")
    assert signature.certificate_serial == f"{signer.certificate.serial_number:x}"
    assert signature.signed_at is not None
    assert signature.is_time_stamped is False
    assert "038000000000" not in found.model_dump_json()
    assert "Nguyễn" not in found.model_dump_json()


async def test_without_the_root_the_same_signature_is_unknown(document, root, signer):
    found = await check(await signed(document, signer, root))

    assert found.verdict == "unknown"
    assert found.signatures[0].is_intact


async def test_a_self_signed_certificate_is_unknown_and_its_name_is_not_stored(document, roots):
    found = await check(await signed(document, signer_of(None)), roots)

    assert (found.verdict, found.signatures[0].issuer) == ("unknown", None)
    assert "Nguyễn" not in found.model_dump_json()


async def test_a_document_changed_after_signing_is_modified(document, root, signer, roots):
    found = await check(with_another_word(await signed(document, signer, root)), roots)

    assert found.verdict == "modified"
    assert found.signatures[0].is_intact is False


async def test_what_an_update_writes_on_a_signed_page_is_not_covered(document, root, signer, roots):
    found = await check(with_more_on_the_page(await signed(document, signer, root)), roots)

    assert found.verdict == "modified"
    assert (found.signatures[0].is_intact, found.signatures[0].covers_whole_document) == (True, False)


async def test_a_second_signature_leaves_the_first_one_good(document, root, signer, roots):
    office = signer_of(root, common_name="UBND xã Thử", user_id="MST:2800000001", organization_name="UBND xã Thử")
    once = await signed(document, signer, root)

    found = await check(await signed(once, office, root, field="Signature2"), roots)

    assert found.verdict == "trusted"
    assert [signature.signer_kind for signature in found.signatures] == ["individual", "organization"]
    assert [signature.covers_whole_document for signature in found.signatures] == [False, True]


async def test_an_expired_certificate_is_not_trusted_and_the_reason_is_given(document, root, roots):
    found = await check(await signed(document, signer_of(root, expired=True), root), roots)

    assert (found.verdict, found.signatures[0].reason) == ("untrusted", "certificate-not-in-force")
    assert found.signatures[0].is_intact


async def test_a_revoked_certificate_is_not_trusted(document, root, signer, roots):
    (roots / "revoked.crl").write_bytes(revocation_list(root, signer))

    found = await check(await signed(document, signer, root), roots)

    assert (found.verdict, found.signatures[0].reason) == ("untrusted", "certificate-revoked")


async def test_an_ordinary_pdf_is_unsigned_and_costs_no_process(document):
    started = time.process_time()

    assert (await check(document)).verdict == "unsigned"
    assert time.process_time() - started < 0.05


def with_a_bomb(pdf):
    """A table of cross-references that three filters unpack from a few bytes to 300 megabytes."""
    packing = zlib.compressobj(1)
    packed = b"".join(packing.compress(bytes(1_000_000)) for _ in range(300)) + packing.flush()
    for _ in range(2):
        packed = zlib.compress(packed, 9)
    head = b"<</Type/XRef/W[1 2 1]/Size 9/Root 1 0 R/Length %d/Filter[/FlateDecode/FlateDecode/FlateDecode]>>"
    table = b"900 0 obj\n" + head % len(packed) + b"stream\n" + packed + b"\nendstream\nendobj\n"
    return pdf + table + b"startxref\n%d\n%%%%EOF\n" % len(pdf)


HOSTILE = {
    "cut off": lambda pdf: pdf[: len(pdf) // 2],
    "no cross-reference": lambda pdf: pdf.replace(b"startxref", b"startxxxx"),
    "only the name": lambda pdf: b"%PDF-1.7\n/ByteRange\n%%EOF",
    "a range outside the file": lambda pdf: pdf.replace(b"/ByteRange [", b"/ByteRange [9"),
    "a signature of zeros": lambda pdf: _zeros(pdf),
    "brackets without end": lambda pdf: b"%PDF-1.7\n/ByteRange" + b"[" * 200_000,
    "a bomb": with_a_bomb,
    "a loop of cross-references": lambda pdf: pdf[: pdf.rindex(b"startxref")] + b"startxref\n0\n%%EOF",
}


def _zeros(pdf):
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    return pdf[:start] + b"0" * 2_000 + pdf[start + 2_000 :]


@pytest.mark.parametrize("how", HOSTILE)
async def test_a_pdf_made_to_harm_is_never_trusted_and_never_an_error(document, root, signer, roots, how):
    found = await check(HOSTILE[how](await signed(document, signer, root)), roots)

    assert found.verdict in ("unreadable", "modified", "unsigned")


async def test_a_file_that_keeps_its_reader_too_long_is_left_alone(document, root, signer, roots):
    started = time.monotonic()

    assert (await check(await signed(document, signer, root), roots, seconds=0.05)).verdict == "unreadable"
    assert time.monotonic() - started < 5
