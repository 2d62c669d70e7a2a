"""Every read of the API document that answers with another person's data needs a purpose and is in that person's access log.

The operations come from the document; the answers are searched for what the person has given. A new operation whose
parameters nothing here can fill fails and is named.
"""

import re
from typing import Any

import httpx
import pytest

from tests.security.cast import COMMUNE, VILLAGE, Caller, Cast, Person, disclosed
from tests.security.documents import operations

READING_POSTS = {
    "/v1/residents/lookup": lambda person: {"personal_id": person.personal_id},
    "/v1/residents/{resident_id}/prefill": lambda person: {"fields": ["full_name", "phone", "date_of_birth"]},
    "/v1/residents/{resident_id}/reveal": lambda person: {"fields": ["phone", "personal_id"], "reason": "liên hệ"},
    "/v1/dossiers/{dossier_id}/prefill": lambda person: None,
}
NO_PERSON = re.compile(
    r"/v1/(campaigns|units|procedures|banks|vocabularies|partners|reports|data-sources|sessions/\{|refreshes|feedback/published"
    r"|(resident|merchant|bill)-imports|onboarding/(imports|steps|charges|signature-lists/\{)|settlements|data-breaches"
    r"|organizations|registrations|duplicate-candidates|unmatched-events|undecided-residents|market-managers"
    r"|payment-acts|campaign-acts|notifications/\{|merchants/(duplicates|posters)"
    r"|documents/\{document_id\}/(edxml|edxml-status|files/)|feedback/\{feedback_id\}/attachments"
    r"|incidents|qr-codes/\{qr_code_id\}/image|dossiers/track"
    r"|dossiers/\{dossier_id\}/(results/\{|receipt\.pdf))"
)
"""Without data of the person of this test: catalogues, plans, files without values, and things that the person does not have.
The services' tests cover what people have there."""
NARROWED = {
    "/v1/residents": lambda person: {"q": person.full_name},
    "/v1/households/{code}/checklist.pdf": lambda person: {"unit_code": VILLAGE},
    "/v1/onboarding/worklist": lambda person: {"unit_code": VILLAGE, "limit": "200"},
    "/v1/onboarding/visits": lambda person: {"unit_code": VILLAGE, "resident_id": person.id},
    "/v1/onboarding/summary": lambda person: {"unit_code": VILLAGE},
    "/v1/onboarding/signature-list": lambda person: {"unit_code": VILLAGE, "provider": "demo-telecom"},
    "/v1/onboarding/signature-lists": lambda person: {"unit_code": COMMUNE},
    "/v1/documents": lambda person: {"box": "sent"},
}
"""Queries by which a list shows the person."""


@pytest.fixture(scope="module")
def reads(document: dict[str, Any], traces: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Method, path template and whether the operation declares a purpose, of every read that an officer may ask."""
    return [
        (method, path, any(each.get("name") == "X-Purpose" for each in operation.get("parameters", [])))
        for method, path, operation in operations(document)
        if "officer" in operation["x-audience"] and (method == "GET" or path in READING_POSTS)
        if not NO_PERSON.match(path)
    ]


def test_every_read_can_be_asked_about_the_person(reads: list[tuple[str, str, bool]], traces: dict[str, str]) -> None:
    unknown = [
        f"{method} {path}: this test knows no {name} of its person, add one to `traces` or the path to NO_PERSON"
        for method, path, _ in reads
        for name in re.findall(r"\{(\w+)\}", path)
        if name not in traces
    ]
    assert unknown == []
    assert len(reads) > 40


def ask(caller: Caller, method: str, path: str, traces: dict[str, str], person: Person, **more: Any) -> httpx.Response:
    filled = re.sub(r"\{(\w+)\}", lambda part: traces[part[1]], path)
    body = {"json": content} if method == "POST" and (content := READING_POSTS[path](person)) else {}
    params = NARROWED[path](person) if path in NARROWED else {}
    return caller.ask(method, filled, params=params, **body, **more)


def shows(answer: httpx.Response, path: str, person: Person) -> bool:
    """Whether an answer has the person's data: their values, or a file made for them alone."""
    if not answer.is_success:
        return False
    is_file = not answer.headers["content-type"].startswith(("application/json", "text/"))
    return bool(disclosed(answer, person)) or (is_file and "{" in path and not PRINTED.match(path))


PRINTED = re.compile(r"/v1/merchants/\{merchant_id\}/poster\.pdf")
"""Public: it hangs on the stall."""


def test_no_read_shows_a_person_without_a_purpose(
    cast: Cast, person: Person, reads: list[tuple[str, str, bool]], traces: dict[str, str]
) -> None:
    silent = cast.officer(COMMUNE)
    answers = [(method, path, ask(silent, method, path, traces, person)) for method, path, _ in reads]

    disclosed = [
        f"{method} {path}: {answer.status_code} shows {disclosed(answer, person)} without a purpose"
        for method, path, answer in answers
        if shows(answer, path, person)
    ]
    assert disclosed == []
    assert [answer.status_code for _, _, answer in answers].count(428) > 15


def test_every_read_of_a_person_is_in_the_persons_access_log(
    cast: Cast, person: Person, reads: list[tuple[str, str, bool]], traces: dict[str, str]
) -> None:
    officer, unseen, seen = cast.officer(COMMUNE), [], 0
    for method, path, needs_purpose in reads:
        before = len(cast.access_log(person))
        answer = ask(officer, method, path, traces, person, purpose="support")
        named = needs_purpose and answer.is_success and person.id in answer.request.url.path + answer.text
        if not (shows(answer, path, person) or named):
            continue
        seen += 1
        if not cast.more_rows(person, before):
            unseen.append(f"{method} {path} shows the person and leaves no access row")

    assert unseen == []
    assert seen > 15
