"""The HTTP side of the client: one session, one way to ask, one error."""

from types import TracebackType
from typing import Any, Self

import httpx

from bakhong_client.operations import Operations


class Refused(Exception):
    """An answer that is no success; `problem` is the document that explains it (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('type', '')}: {problem.get('title', '')}")
        self.status = status
        self.problem = problem


class Client(Operations):
    """The platform at `url` as the caller whose token is given. Use it as a context manager, or `close` it."""

    def __init__(
        self, url: str, *, token: str | None = None, language: str = "vi", timeout: float = 30.0, **options: Any
    ) -> None:
        headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    @classmethod
    def for_partner(cls, url: str, client_id: str, client_secret: str, **options: Any) -> Self:
        """A client signed in by OAuth 2.0 client credentials."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        with httpx.Client(base_url=url.rstrip("/"), timeout=30, **options) as http:
            answer = http.post("/oauth/token", data=form)
        if answer.status_code != 200:
            raise Refused(answer.status_code, answer.json())
        return cls(url, token=answer.json()["access_token"], **options)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        files: Any = None,
    ) -> Any:
        wanted = {name: value for name, value in (query or {}).items() if value is not None}
        content: dict[str, Any] = {"files": files, "data": body} if files is not None else {"json": body}
        if body is None and files is None:
            content = {}
        answer = self._http.request(method, path, params=wanted, headers=headers, **content)
        if not answer.is_success:
            raise Refused(answer.status_code, _problem_of(answer))
        if answer.headers.get("content-type", "").startswith("application/json"):
            return answer.json()
        return answer.content or None


def _problem_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {"title": answer.reason_phrase}
    return document if isinstance(document, dict) else {"title": answer.reason_phrase}
