"""One operation of the API document: its parameters, its credentials, the headers of its answers."""

from typing import Any

from gateway.api_docs.error_responses import errors_of, is_error_status, reference
from gateway.api_docs.schemas import without_null

Operation = dict[str, Any]

PEOPLE = frozenset({"resident", "organization", "volunteer", "officer", "auditor", "operator"})
SIGNED_IN: tuple[dict[str, list[str]], ...] = ({"bearer": []}, {"openId": []})
PARTNER: dict[str, list[str]] = {"partner": []}
SECURITY_SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of a person. In development `POST /dev/token` gives one for any role.",
    },
    "openId": {
        "type": "openIdConnect",
        "openIdConnectUrl": "/dev/identity/.well-known/openid-configuration",
        "description": "The OpenID provider that people sign in with: code flow with PKCE. "
        "In production the operators give each app its issuer and `client_id`.",
    },
    "partner": {
        "type": "oauth2",
        "description": "Client credentials of a partner (RFC 6749 section 4.4); tokens live 15 minutes.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
    },
}
HEADERS: dict[str, Any] = {
    "RateLimit": {
        "description": 'What is left of the caller\'s quota and the seconds until it is full: `"caller";r=599;t=60`',
        "schema": {"type": "string"},
    },
    "ETag": {"description": "The version of the resource, for `If-Match`", "schema": {"type": "string"}},
    "Location": {"description": "The path of what was created or accepted", "schema": {"type": "string"}},
    "Deprecation": {"description": "RFC 9745: when the operation was deprecated", "schema": {"type": "string"}},
    "Sunset": {"description": "RFC 8594: when the operation ends", "schema": {"type": "string"}},
}
ACCEPT_LANGUAGE: dict[str, Any] = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "The language of titles and messages: `vi` (default) or `en`",
    "schema": {"type": "string", "default": "vi"},
}
ACTING_FOR: dict[str, Any] = {
    "name": "X-Acting-For",
    "in": "header",
    "required": False,
    "description": "Id of the resident or organization that the caller acts for (người được đại diện); left out: oneself",
    "schema": {"type": "string", "format": "uuid"},
}
SPELLING = {name.lower(): name for name in ("Accept", "Accept-Language", "If-Match", "X-Purpose", "X-Acting-For")}
FILES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SUCCESS = {
    "200": "Done; the body has the result",
    "201": "Created",
    "202": "Accepted; it goes on in the background",
    "204": "Done; there is no body",
}


def described(method: str, path: str, operation: Any, service: str) -> Any:
    """An operation of a service as the platform's document has it."""
    if not isinstance(operation, dict):
        return operation
    answers = {code: answer for code, answer in operation.get("responses", {}).items() if not _is_of_fastapi(answer)}
    complete = operation | {"x-service": service, "parameters": parameters_of(operation)}
    complete["security"] = security_of(operation.get("x-audience", []))
    errors = errors_of(method, path, complete, is_behind=service != "gateway")
    successes = {
        code: answer if is_error_status(code) else _success(code, _with_file(path, code, answer), operation)
        for code, answer in answers.items()
        if "content" in answer or not is_error_status(code)
    }
    refused = {code: reference(int(code)) for code in answers if code not in successes}
    complete["responses"] = errors | refused | successes
    body = complete.get("requestBody", {}).get("content", {})
    for content in body.values():
        content["schema"] = without_null(content.get("schema", {}))
    return complete


def parameters_of(operation: Operation) -> list[dict[str, Any]]:
    """The parameters in one spelling, none of them null, and the language of the answer."""
    given = [_parameter(one) for one in operation.get("parameters", [])]
    if "x-acting-for" in operation:
        given.append(ACTING_FOR)
    is_documented = any(one["name"] == "Accept-Language" for one in given)
    return given if is_documented else [*given, ACCEPT_LANGUAGE]


def security_of(audience: list[str]) -> list[dict[str, list[str]]]:
    """The alternatives of credentials for who may call; an empty one where none is needed."""
    alternatives: list[dict[str, list[str]]] = [{}] if "public" in audience or not audience else []
    if PEOPLE & set(audience) or "public" in audience:
        alternatives += SIGNED_IN
    return [*alternatives, PARTNER] if "partner" in audience else alternatives


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    named = one | {"name": SPELLING.get(one["name"].lower(), one["name"]) if one["in"] == "header" else one["name"]}
    if named["name"] == "Accept-Language":
        return ACCEPT_LANGUAGE
    return named | {"schema": without_null(one.get("schema", {}))}


def _success(code: str, answer: dict[str, Any], operation: Operation) -> dict[str, Any]:
    names = ["RateLimit"]
    if code in ("201", "202"):
        names.append("Location")
    if "ETag" in answer.get("headers", {}) or any(one["name"] == "If-Match" for one in operation.get("parameters", ())):
        names.append("ETag")
    if operation.get("deprecated"):
        names += ["Deprecation", "Sunset"]
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    text = answer.get("description", "")
    if "content" in answer:
        answer = answer | {"content": {kind: _content(kind, one) for kind, one in answer["content"].items()}}
    return answer | {
        "description": SUCCESS.get(code, text) if text in ("", "Successful Response") else text,
        "headers": answer.get("headers", {}) | headers,
    }


def _with_file(path: str, code: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, with the file that the end of its path names where the route declares no content."""
    kind = FILES.get(path.rpartition(".")[2])
    return answer | {"content": {kind: {}}} if kind and code == "200" and not answer.get("content") else answer


def _content(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content of an answer: a file is a binary string, unless it is a text."""
    is_json = kind.endswith("json")
    file = {"type": "string"} | ({} if kind.startswith("text/") else {"format": "binary"})
    return content if is_json or content.get("schema") else content | {"schema": file}


def _is_of_fastapi(answer: Any) -> bool:
    """The 422 that FastAPI adds to every operation with its own schema."""
    contents = answer.get("content", {}).values()
    return any("HTTPValidationError" in str(content.get("schema", {}).get("$ref", "")) for content in contents)
