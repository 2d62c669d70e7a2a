"""Pages of the door itself: the API document, its reader, the explanation of each problem. Nothing from another host."""

import html
import json
from functools import cache
from pathlib import Path
from typing import Any

from chassis.http import language_of
from gateway.answers import RawHeaders, Scope, Send, header_values
from gateway.documents import PROBLEMS_FILE

READER = Path(__file__).with_name("docs.html")
PAGE_POLICY = (
    b"default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'sha256-%s'; frame-ancestors 'none'"
)


async def send_page(send: Send, page: str, *, policy: bytes | None = None, status: int = 200) -> None:
    """Answer with an HTML page under its own content security policy."""
    body = page.encode()
    headers: RawHeaders = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (
            b"content-security-policy",
            policy or b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (b"cache-control", b"public, max-age=300"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@cache
def reader_page() -> tuple[str, bytes]:
    """The reader of the API document, and the policy that lets its one script run."""
    import base64
    import hashlib

    page = READER.read_text(encoding="utf-8")
    script = page.split("<script>", 1)[1].split("</script>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest())
    return page, PAGE_POLICY % digest


@cache
def problem_texts() -> dict[str, Any]:
    """Status, titles and explanation of every problem, by slug."""
    if not PROBLEMS_FILE.exists():
        return {}
    texts: dict[str, Any] = json.loads(PROBLEMS_FILE.read_text(encoding="utf-8"))
    return texts


def problem_page(scope: Scope, slug: str) -> str | None:
    """The page that explains a problem in the caller's language; None when there is no such problem."""
    found = problem_texts().get(slug)
    if found is None:
        return None
    status, vi, en, explanation = found
    language = language_of(b",".join(header_values(scope, b"accept-language")).decode("latin-1"))
    title = vi if language == "vi" else en
    return PROBLEM_TEMPLATE.format(
        language=language,
        slug=html.escape(slug),
        status=status,
        title=html.escape(title),
        vi=html.escape(vi),
        en=html.escape(en),
        explanation=html.escape(explanation),
    )


PROBLEM_TEMPLATE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{slug}</title>
<style>body{{font:1.05rem/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}}</style>
</head><body><h1>{title}</h1><p><code>/problems/{slug}</code> · HTTP {status}</p>
<p lang="vi">{vi}</p><p lang="en">{en}</p><p lang="en">{explanation}</p></body></html>
"""
