"""Pages of the gateway: the API document, its reader, the explanation of each problem. No content of other hosts."""

import asyncio
import contextlib
import html
import json
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI

from chassis.errors import Language, MethodNotAllowed, NotFound, all_problems
from chassis.web.health import readiness
from chassis.web.routing import language_of
from gateway.api_docs.error_responses import PROBLEMS_FILE
from gateway.api_docs.openapi import merge
from gateway.api_docs.openapi30 import as_openapi_30
from gateway.api_docs.readers import ASSET_PATH, HTML, POLICIES, asset, html_page, sign_in_page
from gateway.edge.request_head import RawHeaders
from gateway.edge.responses import Scope, Send, header_values, send_json
from gateway.proxy.client import BrokenResponse, ProxyClient, ServiceUnreachable
from gateway.proxy.readiness import ReadinessCache, platform_readiness
from gateway.settings import GatewaySettings
from gateway.status.document import PlatformStatus, of_readiness, read_status
from gateway.status.page import POLICY, status_page

STATUS_CACHED = b"public, max-age=30"
DOCUMENTS = ("/openapi.json", "/openapi-3.0.json", "/asyncapi.json")
PAGES = frozenset({"/healthz", "/readyz", "/status", *DOCUMENTS, *HTML})


class Pages:
    """The public pages. `client` fetches from the services, once the gateway is open."""

    client: ProxyClient

    def __init__(self, inner: FastAPI, settings: GatewaySettings) -> None:
        self._inner = inner
        self.settings = settings
        self._document: dict[str, Any] | None = None
        self._readiness = ReadinessCache(self._fetch_readiness)

    def route_of(self, path: str) -> str | None:
        """The template of a page's path; None where it is no page."""
        if path in PAGES:
            return path
        if path.startswith(ASSET_PATH):
            return f"{ASSET_PATH}{{name}}"
        return "/problems/{slug}" if path.startswith("/problems/") else None

    async def answer(self, scope: Scope, send: Send, path: str) -> None:
        """Respond to a path that has a route here."""
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
        if path == "/healthz":
            await send_json(send, 200, {"status": "alive"}, [])
        elif path == "/readyz":
            status, document = await self._readiness.get()
            await send_json(send, status, document, [(b"cache-control", b"no-store")])
        elif path == "/status":
            await send_status(scope, send, await self._status())
        elif path == "/openapi.json":
            await send_json(send, 200, await self.document(), [])
        elif path == "/openapi-3.0.json":
            await send_json(send, 200, as_openapi_30(await self.document()), [])
        elif path == "/asyncapi.json":
            await send_asset(scope, send, "asyncapi.json")
        elif path in HTML:
            if path == "/" and b"text/html" not in b",".join(header_values(scope, b"accept")):
                raise NotFound
            page, policy = html_page(path, is_development=self.settings.is_development)
            await send_page(send, page, policy=policy)
        elif path.startswith(ASSET_PATH):
            await send_asset(scope, send, path.removeprefix(ASSET_PATH))
        else:
            found = problem_page(scope, path.removeprefix("/problems/"))
            if found is None:
                raise NotFound
            await send_page(send, found)

    async def _status(self) -> PlatformStatus:
        """The measured status; without measurements, the readiness of the services."""
        measured = read_status(self.settings.status_dir)
        return measured or of_readiness((await self._readiness.get())[1]["dependencies"])

    async def _fetch_readiness(self) -> tuple[int, dict[str, Any]]:
        own = await readiness(self._inner.state.runtime)
        return await platform_readiness(self.client, self.settings, own)

    async def document(self) -> dict[str, Any]:
        """The merged OpenAPI document; fetched again while a service does not respond."""
        if self._document is not None:
            return self._document
        documents: dict[str, Any] = {"gateway": self._inner.openapi()}
        for service, address in self.settings.service_urls().items():
            with contextlib.suppress(ServiceUnreachable, BrokenResponse, TimeoutError, ValueError):
                documents[service] = await self._fetch_document(address)
        merged = merge(documents)
        if len(documents) == len(self.settings.service_urls()) + 1:
            self._document = merged
        return merged

    async def _fetch_document(self, address: str) -> dict[str, Any]:
        async with asyncio.timeout(5):
            status, body = await self.client.fetch(address, "/openapi.json")
        if status != 200:
            raise ValueError("no document")
        document: dict[str, Any] = json.loads(body)
        return document


async def send_status(scope: Scope, send: Send, status: PlatformStatus) -> None:
    """The status as HTML for browsers, as JSON for others (or `?format=json`), in the language of the reader or of `?lang=`."""
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    kept: RawHeaders = [(b"cache-control", STATUS_CACHED), (b"vary", b"accept, accept-language")]
    if query.get("format") == "json" or b"text/html" not in b",".join(header_values(scope, b"accept")):
        await send_json(send, 200, status.model_dump(mode="json"), kept)
        return
    asked, header = query.get("lang"), b",".join(header_values(scope, b"accept-language")).decode("latin-1")
    language: Language = asked if asked == "en" or asked == "vi" else language_of(header)
    page = status_page(status, language)
    await send_page(send, page, policy=POLICY.encode(), headers=kept)


async def send_page(
    send: Send,
    page: str,
    *,
    policy: bytes | None = None,
    status: int = 200,
    headers: RawHeaders | None = None,
) -> None:
    """Respond with an HTML page under its own content security policy."""
    body = page.encode()
    headers = [
        *(headers or [(b"cache-control", b"public, max-age=300")]),
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (
            b"content-security-policy",
            policy or b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_sign_in_page(scope: Scope, send: Send, *, is_development: bool) -> None:
    """Explain in words how to sign in on the dashboard where no identity provider is set: 404 in production."""
    if scope["method"] not in ("GET", "HEAD"):
        raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
    page, status = sign_in_page(is_development=is_development), 200 if is_development else 404
    await send_page(send, page, policy=POLICIES["/"], status=status)


async def send_asset(scope: Scope, send: Send, name: str) -> None:
    """Respond with a file that a page loads, compressed where the client takes that; 404 where there is none."""
    found = asset(name)
    if found is None:
        raise NotFound
    headers: RawHeaders = [(b"etag", found.etag.encode()), (b"cache-control", b"public, max-age=3600")]
    headers += [(b"content-type", found.media_type.encode()), (b"vary", b"accept-encoding")]
    if found.etag.encode() in header_values(scope, b"if-none-match"):
        await send({"type": "http.response.start", "status": 304, "headers": headers[:2]})
        await send({"type": "http.response.body", "body": b""})
        return
    takes_gzip = b"gzip" in b",".join(header_values(scope, b"accept-encoding"))
    body = found.compressed if takes_gzip else found.content
    headers += [(b"content-length", str(len(body)).encode())] + ([(b"content-encoding", b"gzip")] if takes_gzip else [])
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@cache
def problem_texts() -> dict[str, Any]:
    """PlatformStatus, titles and explanation of every problem, by slug."""
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
    guide = getattr(all_problems().get(slug), "guide_vi", "")
    return PROBLEM_TEMPLATE.format(
        language=language,
        slug=html.escape(slug),
        status=status,
        title=html.escape(title),
        vi=html.escape(vi),
        guide=f'<p lang="vi"><strong>Cần làm gì:</strong> {html.escape(guide)}</p>' if guide else "",
        en=html.escape(en),
        explanation=html.escape(explanation),
    )


PROBLEM_TEMPLATE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{slug}</title>
<style>body{{font:1.05rem/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}}</style>
</head><body><h1>{title}</h1><p><code>/problems/{slug}</code> · HTTP {status}</p>
<p lang="vi">{vi}</p>{guide}<p lang="en">{en}</p><p lang="en">{explanation}</p></body></html>
"""
