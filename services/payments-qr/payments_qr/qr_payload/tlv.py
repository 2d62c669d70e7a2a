"""Tag, length, value: two digits, two digits, and as many characters as the length."""

from collections.abc import Iterator
from dataclasses import dataclass

from payments_qr.qr_payload.faults import PayloadFault


@dataclass(frozen=True, slots=True)
class DataObject:
    """One tag as it stands in the payload; `offset` is where the tag begins."""

    tag: str
    value: str
    pointer: str
    offset: int

    @property
    def value_offset(self) -> int:
        return self.offset + 4


@dataclass(frozen=True, slots=True)
class Container:
    """The data objects of one level. `is_whole` is False when reading had to stop before the end."""

    pointer: str
    offset: int
    objects: tuple[DataObject, ...]
    is_whole: bool

    def find(self, tag: str) -> DataObject | None:
        return next((found for found in self.objects if found.tag == tag), None)

    def value(self, tag: str) -> str | None:
        found = self.find(tag)
        return found.value if found else None


def read_container(text: str, pointer: str, offset: int, faults: list[PayloadFault]) -> Container:
    """Reads one level strictly; whatever is wrong is appended to `faults`, what could be read is returned."""
    objects: list[DataObject] = []
    seen: set[str] = set()
    position = 0
    while position < len(text):
        fault = _header_fault(text, position, pointer, offset)
        if fault:
            faults.append(fault)
            return Container(pointer, offset, tuple(objects), is_whole=False)
        tag, length = text[position : position + 2], int(text[position + 2 : position + 4])
        found = DataObject(tag, text[position + 4 : position + 4 + length], f"{pointer}/{tag}", offset + position)
        if tag in seen:
            faults.append(PayloadFault(found.pointer, "duplicate-tag", found.offset, {"tag": tag}))
        else:
            objects.append(found)
        seen.add(tag)
        position += 4 + length
    return Container(pointer, offset, tuple(objects), is_whole=True)


def _header_fault(text: str, position: int, pointer: str, offset: int) -> PayloadFault | None:
    at = offset + position
    tag, length = text[position : position + 2], text[position + 2 : position + 4]
    if len(tag) == 2 and not _are_digits(tag):
        return PayloadFault(pointer or "/", "tag-not-digits", at, {"found": tag})
    if len(length) < 2:
        return PayloadFault(pointer or "/", "header-cut-off", at, {"found": tag + length})
    if not _are_digits(length):
        return PayloadFault(f"{pointer}/{tag}", "length-not-digits", at + 2, {"tag": tag, "found": length})
    left = len(text) - position - 4
    if int(length) > left:
        details = {"tag": tag, "declared": int(length), "left": left}
        return PayloadFault(f"{pointer}/{tag}", "length-over-container", at + 2, details)
    return None


def _are_digits(text: str) -> bool:
    # str.isdigit() also accepts superscripts and other scripts.
    return text.isascii() and text.isdigit()


def written(tag: str, value: str) -> str:
    """One data object as text. The caller has made sure that the value has 1 to 99 characters."""
    if not 1 <= len(value) <= 99:
        raise AssertionError(f"tag {tag} with {len(value)} characters")
    return f"{tag}{len(value):02d}{value}"


def written_all(pairs: Iterator[tuple[str, str | None]]) -> str:
    """The data objects of `pairs` in ascending order of their tags, without those that are None."""
    return "".join(written(tag, value) for tag, value in sorted(pairs) if value is not None)
