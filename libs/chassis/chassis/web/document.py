"""The OpenAPI document of a service: short operation ids, and the docstrings under the fields of bodies and views.

pydantic's own `use_attribute_docstrings` reads the source of every class while it is imported, which costs seconds at each
start. Here the sources are read when the document is requested, once for each module.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

JSON_NAME = re.compile(r"[^a-zA-Z0-9.\-_]")
"""What FastAPI replaces by `_` in the name of a schema, such as the brackets of `Listed[BankView]`."""


class DescribedAPI(FastAPI):
    """FastAPI, with what this module adds to its document."""

    def openapi(self) -> dict[str, Any]:
        """The document; made once."""
        if self.openapi_schema is None:
            describe_fields(super().openapi())
        assert self.openapi_schema is not None
        return self.openapi_schema


def operation_id(route: APIRoute) -> str:
    """`getUnit` of the function `get_unit`; function names are unique in the whole platform."""
    return camel_case(route.name)


def camel_case(name: str) -> str:
    """`listBillImports` of `list_bill_imports`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def describe_fields(document: dict[str, Any]) -> None:
    """Write the docstring under each field of a model to its property, where it has no description."""
    models = _models_by_name()
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        properties = schema.get("properties", {})
        model = next((one for one in models.get(name, ()) if set(properties) <= _names(one)), None)
        for field, text in field_docstrings(model).items() if model else ():
            if field in properties:
                properties[field].setdefault("description", text)


def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The docstrings under the fields of a model and of the models that it derives from, by the name in JSON."""
    found: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        origin = getattr(parent, "__pydantic_generic_metadata__", {}).get("origin") or parent
        found |= _docstrings_of_module(origin.__module__).get(origin.__qualname__, {})
    return {
        (model.model_fields[name].alias or name): text for name, text in found.items() if name in model.model_fields
    }


def _names(model: type[BaseModel]) -> set[str]:
    fields = {field.alias or name for name, field in model.model_fields.items()} | set(model.model_fields)
    return fields | set(model.model_computed_fields)


def _models_by_name() -> Mapping[str, list[type[BaseModel]]]:
    found: dict[str, list[type[BaseModel]]] = {}
    for model in _below(BaseModel):
        found.setdefault(JSON_NAME.sub("_", model.__name__), []).append(model)
    return found


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in model.__subclasses__():
        yield child
        yield from _below(child)


@cache
def _docstrings_of_module(name: str) -> dict[str, dict[str, str]]:
    """Class, field, text."""
    try:
        source = inspect.getsource(sys.modules[name])
    except (OSError, TypeError, KeyError):  # built in, or without its source
        return {}
    return {one.name: _docstrings_of_class(one) for one in ast.walk(ast.parse(source)) if isinstance(one, ast.ClassDef)}


def _docstrings_of_class(node: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(node.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
