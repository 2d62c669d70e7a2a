"""edXML: the envelopes in which Vietnamese agencies exchange documents and report their status.

Element names, their order, the namespace, the form of dates and of `DocumentId` and the place of attachments beside the envelope
follow the packets that public implementations of the national axis exchange (QCVN 102:2016/BTTTT, Decision 28/2018/QĐ-TTg); the
regulation's own text was not available. Elements that the platform does not need are ignored and not written.
"""

import base64
import binascii
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple, NoReturn

from lxml import etree

from chassis.clock import HO_CHI_MINH

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XLINK = "http://www.w3.org/1999/xlink"
DAY, MOMENT = "%Y/%m/%d", "%Y/%m/%d %H:%M:%S"
MOST_ATTACHMENTS = 20
MOST_CHARACTERS = 20_000
NEW_DOCUMENT = 0
"""`BussinessDocType` (so spelt): 0 new, 1 recalled, 2 updated, 3 replaced."""


class NotAnEnvelope(ValueError):
    """Not a readable edXML envelope; `element` names the element at fault."""

    def __init__(self, element: str) -> None:
        super().__init__(f"edXML: {element}")
        self.element = element


class Organ(NamedTuple):
    """An agency by its identifier (mã định danh)."""

    organ_id: str
    name: str = ""


class AnsweredDocument(NamedTuple):
    """The document that this one answers (`ResponseFor`)."""

    organ_id: str
    document_id: str
    code: str = ""
    promulgated_on: date | None = None


class DocumentSigner(NamedTuple):
    """Who signed, and in what capacity."""

    full_name: str
    position: str = ""
    competence: str = ""


class EnvelopeFile(NamedTuple):
    """A file of the document."""

    name: str
    content: bytes
    content_type: str = "application/pdf"


class TraceHeader(NamedTuple):
    """An agency that the envelope went through, and when."""

    organ_id: str
    at: datetime


class EdxmlDocument(NamedTuple):
    """A document on its way from one agency to others."""

    document_id: str
    sender: Organ
    recipients: tuple[Organ, ...]
    number: str
    notation: str
    promulgated_on: date
    subject: str
    content: str = ""
    place: str = ""
    type_name: str = "Công văn"
    signer: DocumentSigner | None = None
    due_on: date | None = None
    answers: tuple[AnsweredDocument, ...] = ()
    traces: tuple[TraceHeader, ...] = ()
    business: int = NEW_DOCUMENT
    attachments: tuple[EnvelopeFile, ...] = ()
    missing_files: tuple[str, ...] = ()
    """Files that the manifest names and the envelope does not hold."""


class StatusReply(NamedTuple):
    """What became of a document: 01 arrived, 02 refused, 03 received, 04 assigned, 05 in progress, 06 finished,
    13 asked back, 15 agreed to give back, 16 refused to give back."""

    answered: AnsweredDocument
    sender: Organ
    status_code: str
    at: datetime
    description: str = ""


def write_document(document: EdxmlDocument) -> bytes:
    """The envelope with its attachments beside it, as UTF-8."""
    root, envelope = _opened()
    header = _under(envelope, "edXMLHeader")
    _write_message(_under(header, "MessageHeader"), document)
    traces = _under(header, "TraceHeaderList", version="1.0")
    for trace in document.traces:
        _write(_under(traces, "TraceHeader"), OrganId=trace.organ_id, Timestamp=_moment(trace.at))
    _write(_under(traces, "Bussiness"), BussinessDocType=str(document.business))
    manifest = _under(_under(envelope, "edXMLBody"), "edXMLManifest", version="1.0")
    encoded = _under(root, "AttachmentEncoded")
    for index, attached in enumerate(document.attachments, 1):
        _attach(manifest, encoded, attached, f"{index}")
    return _sealed(root)


def write_status(reply: StatusReply) -> bytes:
    """The envelope that reports the status of a document to its sender."""
    root, envelope = _opened()
    status = _under(_under(envelope, "edXMLHeader"), "Status")
    _write_answered(status, reply.answered)
    _write_organ(status, "From", reply.sender)
    _write(status, StatusCode=reply.status_code, Description=reply.description, Timestamp=_moment(reply.at))
    return _sealed(root)


def read_envelope(content: bytes, *, limit: int) -> EdxmlDocument | StatusReply:
    """A document or a status reply; raises NotAnEnvelope. No entity is expanded, nothing is fetched, no tree is huge."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotAnEnvelope("edXML") from error
    if b"<!DOCTYPE" in content.upper() or etree.QName(root).localname != "edXML":
        raise NotAnEnvelope("edXML")
    header = _child(_child(root, "edXMLEnvelope"), "edXMLHeader")
    status = header.find("{*}Status")
    return _read_status(status) if status is not None else _read_document(root, header, limit)


def _opened() -> tuple[etree._Element, etree._Element]:
    root = etree.Element(f"{{{NAMESPACE}}}edXML", nsmap={"edXML": NAMESPACE, "xlink": XLINK})
    return root, _under(root, "edXMLEnvelope")


def _sealed(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _write_message(header: etree._Element, document: EdxmlDocument) -> None:
    _write_organ(header, "From", document.sender)
    for organ in document.recipients:
        _write_organ(header, "To", organ)
    _write(_under(header, "Code"), CodeNumber=document.number, CodeNotation=document.notation)
    _write(
        _under(header, "PromulgationInfo"), Place=document.place, PromulgationDate=document.promulgated_on.strftime(DAY)
    )
    _write(_under(header, "DocumentType"), TypeName=document.type_name)
    _write(header, Subject=document.subject, Content=document.content)
    if document.signer is not None:
        _write(
            _under(header, "SignerInfo"),
            Competence=document.signer.competence, Position=document.signer.position, FullName=document.signer.full_name,
        )  # fmt: skip
    if document.due_on is not None:
        _write(header, DueDate=document.due_on.strftime(DAY))
    places = _under(header, "ToPlaces")
    for organ in document.recipients:
        _write(places, Place=organ.name)
    _write(_under(header, "OtherInfo"), Priority="0")
    for answered in document.answers:
        _write_answered(header, answered)
    _write(header, DocumentId=document.document_id)


def _write_organ(under: etree._Element, name: str, organ: Organ) -> None:
    _write(_under(under, name), OrganId=organ.organ_id, OrganName=organ.name)


def _write_answered(under: etree._Element, answered: AnsweredDocument) -> None:
    day = answered.promulgated_on.strftime(DAY) if answered.promulgated_on else ""
    _write(
        _under(under, "ResponseFor"),
        OrganId=answered.organ_id, Code=answered.code, PromulgationDate=day, DocumentId=answered.document_id,
    )  # fmt: skip


def _attach(manifest: etree._Element, encoded: etree._Element, attached: EnvelopeFile, content_id: str) -> None:
    reference = _under(manifest, "Reference")
    reference.set(f"{{{XLINK}}}href", f"cid:{content_id}")
    _write(
        reference, AttachmentName=attached.name, ContentType=attached.content_type, ContentId=f"cid:{content_id}"
    )  # fmt: skip
    _write(
        _under(encoded, "Attachment"),
        ContentType=attached.content_type, ContentId=content_id, AttachmentName=attached.name,
        ContentTransferEncoded=base64.b64encode(attached.content).decode(),
    )  # fmt: skip


def _under(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)


def _write(parent: etree._Element, **texts: str) -> None:
    for name, value in texts.items():
        _under(parent, name).text = "".join(character for character in value if _can_be_written(character))


def _can_be_written(character: str) -> bool:
    """What XML 1.0 has a place for."""
    return (
        character in "\t\n\r"
        or " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character > "\uffff"
    )


def _read_document(root: etree._Element, header: etree._Element, limit: int) -> EdxmlDocument:
    message = _child(header, "MessageHeader")
    code, promulgated = _child(message, "Code"), _child(message, "PromulgationInfo")
    recipients = tuple(_organ(each) for each in message.iterfind("{*}To"))
    if not recipients:
        raise NotAnEnvelope("To")
    traces = header.find("{*}TraceHeaderList")
    return EdxmlDocument(
        document_id=_needed(message, "DocumentId"),
        sender=_organ(_child(message, "From")),
        recipients=recipients,
        number=_needed(code, "CodeNumber"),
        notation=_text(code, "CodeNotation"),
        promulgated_on=_day(promulgated, "PromulgationDate") or _refused("PromulgationDate"),
        subject=_needed(message, "Subject"),
        content=_text(message, "Content"),
        place=_text(promulgated, "Place"),
        type_name=_text(message.find("{*}DocumentType"), "TypeName"),
        signer=_signer(message.find("{*}SignerInfo")),
        due_on=_day(message, "DueDate"),
        answers=tuple(_answered(each) for each in message.iterfind("{*}ResponseFor") if _text(each, "DocumentId")),
        traces=tuple(_trace(each) for each in traces.iterfind("{*}TraceHeader")) if traces is not None else (),
        business=_business(traces),
        attachments=tuple(_attachments(root, limit)),
        missing_files=tuple(_missing_files(root)),
    )


def _read_status(status: etree._Element) -> StatusReply:
    code = _needed(status, "StatusCode")
    if not (code.isascii() and code.isdecimal() and len(code) <= 2):
        raise NotAnEnvelope("StatusCode")
    return StatusReply(
        answered=_answered(_child(status, "ResponseFor")),
        sender=_organ(_child(status, "From")),
        status_code=code.zfill(2),
        at=_instant(status, "Timestamp"),
        description=_text(status, "Description"),
    )


def _organ(element: etree._Element) -> Organ:
    return Organ(_needed(element, "OrganId"), _text(element, "OrganName"))


def _answered(element: etree._Element) -> AnsweredDocument:
    return AnsweredDocument(
        _text(element, "OrganId"), _needed(element, "DocumentId"), _text(element, "Code"),
        _day(element, "PromulgationDate"),
    )  # fmt: skip


def _signer(element: etree._Element | None) -> DocumentSigner | None:
    if element is None:
        return None
    return DocumentSigner(_text(element, "FullName"), _text(element, "Position"), _text(element, "Competence"))


def _trace(element: etree._Element) -> TraceHeader:
    return TraceHeader(_needed(element, "OrganId"), _instant(element, "Timestamp"))


def _business(traces: etree._Element | None) -> int:
    kind = _text(traces.find("{*}Bussiness") if traces is not None else None, "BussinessDocType") or "0"
    return int(kind) if kind in ("0", "1", "2", "3") else _refused("BussinessDocType")


def _attachments(root: etree._Element, limit: int) -> Iterable[EnvelopeFile]:
    found = root.findall("{*}AttachmentEncoded/{*}Attachment")
    if len(found) > MOST_ATTACHMENTS:
        raise NotAnEnvelope("AttachmentEncoded")
    for element in found:
        encoded = element.find("{*}ContentTransferEncoded")
        try:
            content = base64.b64decode(
                "".join((encoded.text or "").split()) if encoded is not None else "", validate=True
            )
        except (binascii.Error, ValueError) as error:
            raise NotAnEnvelope("ContentTransferEncoded") from error
        yield EnvelopeFile(_text(element, "AttachmentName"), _unpacked(content, limit), _text(element, "ContentType"))


def _missing_files(root: etree._Element) -> Iterable[str]:
    """The names in the manifest without a file, by their content id or, where senders number them otherwise, their name."""
    files = root.findall("{*}AttachmentEncoded/{*}Attachment")
    there = {_content_id(file) for file in files} | {_text(file, "AttachmentName") for file in files}
    for reference in root.iterfind("{*}edXMLEnvelope/{*}edXMLBody/{*}edXMLManifest/{*}Reference"):
        name = _text(reference, "AttachmentName")
        if _content_id(reference) not in there and (not name or name not in there):
            yield name or _content_id(reference)


def _content_id(element: etree._Element) -> str:
    return _text(element, "ContentId").removeprefix("cid:")


def _unpacked(content: bytes, limit: int) -> bytes:
    """Some senders zip each attachment; at most `limit` + 1 bytes are unpacked. An archive of several files, an Office file
    among them, is a file by itself."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if len(names) != 1 or names[0] == "[Content_Types].xml":
                return content
            [name] = names
            with packed.open(name) as member:
                return member.read(limit + 1)
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise NotAnEnvelope("ContentTransferEncoded") from error


def _child(parent: etree._Element, name: str) -> etree._Element:
    found = parent.find(f"{{*}}{name}")
    return found if found is not None else _refused(name)


def _needed(parent: etree._Element, name: str) -> str:
    return _text(parent, name) or _refused(name)


def _text(parent: etree._Element | None, name: str) -> str:
    found = parent.find(f"{{*}}{name}") if parent is not None else None
    text = (found.text or "").strip() if found is not None else ""
    return text if len(text) <= MOST_CHARACTERS else _refused(name)


def _day(parent: etree._Element, name: str) -> date | None:
    text = _text(parent, name)
    if not text:
        return None
    try:
        return datetime.strptime(text[:10].replace("-", "/"), DAY).date()  # noqa: DTZ007  # a day has no zone
    except ValueError as error:
        raise NotAnEnvelope(name) from error


def _instant(parent: etree._Element, name: str) -> datetime:
    try:
        return datetime.strptime(_text(parent, name), MOMENT).replace(tzinfo=HO_CHI_MINH)
    except ValueError as error:
        raise NotAnEnvelope(name) from error


def _moment(at: datetime) -> str:
    return at.astimezone(HO_CHI_MINH).strftime(MOMENT)


def _refused(name: str) -> NoReturn:
    raise NotAnEnvelope(name)
