"""The routing table: which service has which path, as committed templates matched with the decoded path."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUBTREE = "{*}"  # as last segment: everything below, such as a page's assets
TABLE_FILE = Path(__file__).with_name("routing_table.json")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of one service; `public` operations need no credential."""

    method: str
    template: str
    service: str
    public: bool = False
    streams: bool = False


class NoSuchPath(LookupError):
    """No service has this path."""


class NoSuchMethod(LookupError):
    """The path exists, for the methods in `allowed` only."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = tuple(sorted(allowed))
        super().__init__(", ".join(self.allowed))


@dataclass(slots=True)
class _Node:
    literals: "dict[str, _Node]" = field(default_factory=dict)
    parameter: "_Node | None" = None
    subtree: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class RoutingTable:
    """Finds routes by segment; a literal segment goes before a parameter, whatever the order of the table."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._root = _Node()
        for route in self.routes:
            self._insert(route)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "RoutingTable":
        return cls(Route(**entry) for entry in document["routes"])

    @classmethod
    def from_file(cls, path: Path = TABLE_FILE) -> "RoutingTable":
        return cls.from_document(json.loads(path.read_text(encoding="utf-8")))

    def find(self, method: str, path: str) -> Route:
        """The route for a decoded path; raises NoSuchPath or NoSuchMethod. HEAD exists where GET does.

        The most literal template decides alone: `/v1/dossiers/track` is never the dossier with the id `track`.
        """
        node = next((node for node in _walk(self._root, path.split("/")[1:]) if node.routes), None)
        if node is None:
            raise NoSuchPath(path)
        route = node.routes.get(method) or (node.routes.get("GET") if method == "HEAD" else None)
        if route is None:
            raise NoSuchMethod({*node.routes, "HEAD"} if "GET" in node.routes else node.routes)
        return route

    def _insert(self, route: Route) -> None:
        node = self._root
        for segment in route.template.split("/")[1:]:
            if segment == SUBTREE:
                node.subtree = node.subtree or _Node()
                node = node.subtree
            elif segment.startswith("{") and segment.endswith("}"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        node.routes[route.method] = route


def _walk(node: _Node, segments: list[str]) -> Iterable[_Node]:
    if not segments:
        yield node
        return
    head, rest = segments[0], segments[1:]
    if head in node.literals:
        yield from _walk(node.literals[head], rest)
    if node.parameter is not None and head:
        yield from _walk(node.parameter, rest)
    if node.subtree is not None:
        yield node.subtree
