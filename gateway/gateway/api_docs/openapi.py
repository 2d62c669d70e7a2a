"""One API document for the whole platform, and what is generated from the services' own documents.

`make generate` asks the packages for their OpenAPI documents and problems and writes `routing_table.json` and
`problem_pages.json`. Both are committed: a new public route is seen in review, not at run time.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.services import EVERY_PROCESS, package_of
from gateway.api_docs.error_responses import PROBLEM, PROBLEMS_FILE, committed_problems, error_responses
from gateway.api_docs.examples import with_examples
from gateway.api_docs.meanings import with_meanings
from gateway.api_docs.operations import HEADERS, SECURITY_SCHEMES, SIGNED_IN, described
from gateway.api_docs.schemas import REFERENCE, only_used, plain, short_name
from gateway.api_docs.tags import tags_of
from gateway.api_docs.version import INFO
from gateway.api_docs.webhook_path import WEBHOOK_PATH
from gateway.proxy.routing_table import SUBTREE, TABLE_FILE, RoutingTable

PACKAGES = {name: package_of(name) for name in EVERY_PROCESS}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
OUTSIDE = re.compile(r"/(v1|dashboard)(/|$)|/(dev|oauth)/token$")
PAGES = (
    ("GET", "/dashboard", "reporting"),
    ("GET", f"/dashboard/{SUBTREE}", "reporting"),
    ("GET", "/track", "casework"),
)
"""Public pages that no API document lists."""
STREAM = "text/event-stream"

DESCRIBE = """
import json, sys
from importlib import import_module
from importlib.util import find_spec
from chassis.errors import all_problems
documents = {}
for package in sys.argv[1:]:
    if find_spec(package) is not None and find_spec(package + ".app") is not None:
        module = import_module(package + ".app")
        documents[package] = getattr(module, "inner", module.app).openapi()
problems = {slug: [one.status, one.vi, one.en, " ".join((one.__doc__ or "").split())] for slug, one in all_problems().items()}
print(json.dumps({"documents": documents, "problems": problems}))
"""


def merge(documents: Mapping[str, Mapping[str, Any]], problems: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One OpenAPI document: paths as the services have them, component names prefixed by their service.

    `problems`: those of all services by slug; without them the committed ones.
    """
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "/", "description": "The platform that this document comes from"}],
        "paths": {},
        "webhooks": {},
        "components": {
            "schemas": {"Problem": PROBLEM},
            "responses": error_responses(committed_problems() if problems is None else problems),
            "headers": HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
        "security": list(SIGNED_IN),
    }
    for service in sorted(documents):
        document = _prefixed(documents[service], service)
        for path, item in document.get("paths", {}).items():
            if OUTSIDE.match(path):
                operations = {method: described(method, path, operation, service) for method, operation in item.items()}
                merged["paths"].setdefault(path, {}).update(operations)
        merged["webhooks"].update({name: _event(name, item) for name, item in document.get("webhooks", {}).items()})
        for kind, components in document["components"].items():
            merged["components"].setdefault(kind, {}).update(components)
    merged["paths"].update(WEBHOOK_PATH)
    merged["paths"] = dict(sorted(merged["paths"].items()))
    complete = with_meanings(plain(only_used(merged | tags_of(merged))))
    return with_examples(complete)


def _event(name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """An event that the platform sends, with an id that is a name in every language: `onBillPaid` of `bill.paid`."""
    operation_id = "on" + "".join(part.capitalize() for part in re.split(r"[._]", name))
    return {method: operation | {"operationId": operation_id} for method, operation in item.items()}


def routes_of(documents: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The routing table's entries: every operation with its service and whether it is public or a stream."""
    routes = [
        {
            "method": method.upper(),
            "template": path,
            "service": service,
            "public": "public" in operation.get("x-audience", []),
            "streams": STREAM in json.dumps(operation.get("responses", {})),
        }
        for service, document in documents.items()
        for path, item in document.get("paths", {}).items()
        for method, operation in item.items()
        if method in METHODS and OUTSIDE.match(path)
    ]
    listed = {(route["method"], route["template"]) for route in routes}
    pages = [
        {"method": method, "template": template, "service": service, "public": True, "streams": False}
        for method, template, service in PAGES
        if (method, template) not in listed
    ]
    return sorted([*routes, *pages], key=lambda route: (route["template"], route["method"]))


def describe_all() -> dict[str, dict[str, Any]]:
    """The OpenAPI document of every service that is here, and the problems of all, from one separate process."""
    answer = subprocess.run(
        [sys.executable, "-c", DESCRIBE, *PACKAGES.values()], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise RuntimeError(f"the services do not describe themselves:\n{answer.stderr[-2000:]}")
    described = json.loads(answer.stdout)
    return {
        service: {"openapi": described["documents"][package], "problems": described["problems"]}
        for service, package in PACKAGES.items()
        if package in described["documents"]
    }


def problems_of(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The problems of all services by slug: status, titles, text."""
    return {slug: page for answer in answers.values() for slug, page in answer["problems"].items()}


def generated_tables(answers: Mapping[str, Mapping[str, Any]]) -> dict[Path, str]:
    """The texts of `routing_table.json` and `problem_pages.json` by their paths, from the documents of all services."""
    routes = routes_of({service: answer["openapi"] for service, answer in answers.items()})
    RoutingTable.from_document({"routes": routes})
    lines = ",\n".join(f"  {json.dumps(route)}" for route in routes)
    pages = json.dumps(dict(sorted(problems_of(answers).items())), ensure_ascii=False, indent=1)
    return {TABLE_FILE: f'{{"routes": [\n{lines}\n]}}\n', PROBLEMS_FILE: pages + "\n"}


def _prefixed(document: Mapping[str, Any], service: str) -> dict[str, Any]:
    """The document of a service with `registry.UnitView` for its component `UnitView`."""
    prefix = PACKAGES.get(service, service)
    text = REFERENCE.sub(
        lambda found: f'"#/components/{found[1]}/{prefix}.{short_name(found[2])}"',
        json.dumps(document, ensure_ascii=False),
    )
    renamed: dict[str, Any] = json.loads(text)
    renamed["components"] = {
        kind: {f"{prefix}.{short_name(name)}": component for name, component in components.items()}
        for kind, components in document_components(renamed).items()
    }
    return renamed


def document_components(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        kind: components for kind, components in document.get("components", {}).items() if kind != "securitySchemes"
    }
