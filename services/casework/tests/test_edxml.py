"""Envelopes between agencies: what is written is read back, and what is made to harm is refused."""

import base64
import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.edxml import (
    AnsweredDocument,
    DocumentSigner,
    EdxmlDocument,
    EnvelopeFile,
    NotAnEnvelope,
    Organ,
    StatusReply,
    TraceHeader,
    read_envelope,
    write_document,
    write_status,
)

LIMIT = 1_000_000
LETTER = EdxmlDocument(
    document_id="H56.15061,2026/11/20,12/UBND",
    sender=Organ("H56.15061", "UBND xã Ngọc Lặc"),
    recipients=(Organ("H56.15724", "UBND xã Đồng Tiến"),),
    number="12",
    notation="UBND",
    promulgated_on=date(2026, 11, 20),
    subject="V/v phối hợp xác minh",
    attachments=(EnvelopeFile("cong-van.pdf", b"%PDF-1.7"),),
)


def words(least=0, most=30):
    """Texts as XML can carry them, without spaces around."""
    alphabet = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    return st.text(alphabet, min_size=least, max_size=most).map(str.strip).filter(lambda text: len(text) >= least)


DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
MOMENTS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ORGANS = st.builds(Organ, words(1), words())
ANSWERS = st.builds(AnsweredDocument, words(), words(1), words(), st.none() | DAYS)
LETTERS = st.builds(
    EdxmlDocument, document_id=words(1), sender=ORGANS, missing_files=st.just(()),
    recipients=st.lists(ORGANS, min_size=1, max_size=3).map(tuple),
    number=words(1), notation=words(), promulgated_on=DAYS, subject=words(1), content=words(), place=words(),
    type_name=words(), signer=st.none() | st.builds(DocumentSigner, words(), words(), words()), due_on=st.none() | DAYS,
    answers=st.lists(ANSWERS, max_size=2).map(tuple),
    traces=st.lists(st.builds(TraceHeader, words(1), MOMENTS), max_size=2).map(tuple), business=st.integers(0, 3),
    attachments=st.lists(
        st.builds(EnvelopeFile, words(), st.binary(max_size=60).filter(lambda raw: raw[:2] != b"PK"), words()), max_size=2
    ).map(tuple),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(LETTERS)
def test_a_document_survives_the_round_trip_through_its_envelope(document):
    assert read_envelope(write_document(document), limit=LIMIT) == document


@settings(max_examples=30, deadline=None)
@given(st.builds(StatusReply, ANSWERS, ORGANS, st.sampled_from(["01", "03", "06", "13", "16"]), MOMENTS, words()))
def test_a_status_reply_comes_out_as_it_went_in(reply):
    assert read_envelope(write_status(reply), limit=LIMIT) == reply


def test_an_envelope_has_the_places_that_other_agencies_look_at():
    text = write_document(LETTER).decode()

    assert '<edXML:edXML xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"' in text
    for path in (
        "edXMLEnvelope",
        "edXMLHeader",
        "MessageHeader",
        "TraceHeaderList",
        "edXMLManifest",
        "AttachmentEncoded",
    ):
        assert f"<edXML:{path}" in text
    assert "<edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate>" in text
    assert "<edXML:DocumentId>H56.15061,2026/11/20,12/UBND</edXML:DocumentId>" in text


def test_another_prefix_or_none_is_read_alike():
    text = write_document(LETTER).decode()
    bare = text.replace("xmlns:edXML", "xmlns").replace("edXML:", "")

    assert read_envelope(bare.encode(), limit=LIMIT) == LETTER


def test_an_attachment_in_a_zip_of_its_own_is_unpacked_and_never_beyond_the_limit():
    def packed(content):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.pdf", content)
        return LETTER._replace(attachments=(EnvelopeFile("a.pdf", out.getvalue()),))

    assert read_envelope(write_document(packed(b"%PDF")), limit=LIMIT).attachments[0].content == b"%PDF"
    big = read_envelope(write_document(packed(b"0" * 50_000_000)), limit=LIMIT)
    assert len(big.attachments[0].content) == LIMIT + 1  # just enough to be refused as too large


def laughs():
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    return f"<?xml version='1.0'?><!DOCTYPE edXML [{''.join(lines)}]><edXML>&l9;</edXML>".encode()


def with_doctype(declaration, value):
    text = write_document(LETTER).decode().replace("V/v phối hợp xác minh", value)
    return text.replace("?>", f"?><!DOCTYPE x [{declaration}]>", 1).encode()


HOSTILE = {
    "a thousand million laughs": laughs(),
    "a file of the machine": with_doctype('<!ENTITY secret SYSTEM "file:///etc/passwd">', "&secret;"),
    "a page of another machine": with_doctype('<!ENTITY secret SYSTEM "http://127.0.0.1:9/x">', "&secret;"),
    "a harmless type": with_doctype("", "Trích yếu"),
    "a tree without end": b"<edXML>" + b"<a>" * 100_000,
    "another document": b"<html/>",
    "nothing": b"",
    "not XML": b"%PDF-1.7",
    "no recipient": write_document(LETTER._replace(recipients=())),
    "no number": write_document(LETTER._replace(number="")),
    "no base64": write_document(LETTER).replace(base64.b64encode(b"%PDF-1.7"), b"!!!"),
    "no date": write_document(LETTER).replace(b"2026/11/20</edXML:Prom", b"20/11/2026</edXML:Prom"),
    "a broken zip": write_document(LETTER._replace(attachments=(EnvelopeFile("a", b"PK\x03\x04...."),))),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_envelope_is_refused(what):
    with pytest.raises(NotAnEnvelope):
        read_envelope(HOSTILE[what], limit=LIMIT)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2_000), st.integers(0, 40))
def test_a_damaged_envelope_is_read_or_refused_and_nothing_else(noise, at, cut):
    content = write_document(LETTER)
    try:
        read_envelope(content[:at] + noise + content[at + cut :], limit=LIMIT)
    except NotAnEnvelope:
        return
