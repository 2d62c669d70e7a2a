"""Reads YAML that people write: no anchors, aliases, merge keys or tags, and bounded in depth, nodes and text.

A file of a few hundred bytes with aliases unfolds to gigabytes, and a parser needs quadratic time for deep nesting; so the
events are checked, which costs no more than the file's length, before anything is built from them.
"""

from typing import Any

import yaml

MOST_DEPTH = 12
MOST_NODES = 5_000
MOST_CHARACTERS = 10_000
"""Of one text. The plans of a commune and a district have 200 texts, 5 levels deep, and 10 kB."""


class PlainLoader(yaml.CSafeLoader):
    """The safe loader; a key that stands twice in one mapping is an error, not the last one's value."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem="this entry stands twice", problem_mark=key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)


def read_plain_yaml(text: str) -> Any:
    """The document in a text; raises yaml.YAMLError, or ValueError for a number or day that does not exist."""
    _check(text)
    return yaml.load(text, Loader=PlainLoader)


def _check(text: str) -> None:
    depth = nodes = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refusal("anchors and aliases are not allowed", event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent):
            _check_scalar(event)
        nodes += isinstance(event, yaml.NodeEvent)
        if depth > MOST_DEPTH or nodes > MOST_NODES:
            raise _refusal("too deep or too many entries", event)
        if getattr(event, "tag", None):
            raise _refusal("tags are not allowed", event)


def _check_scalar(event: yaml.ScalarEvent) -> None:
    if event.value == "<<":
        raise _refusal("merge keys are not allowed", event)
    if len(event.value) > MOST_CHARACTERS:
        raise _refusal("a text is too long", event)


def _refusal(problem: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]  # the C parser marks likewise
