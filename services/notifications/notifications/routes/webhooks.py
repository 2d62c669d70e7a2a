"""What subscriptions get, for the API document (`webhooks`): one POST for each type of public event, with its sample."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, create_model

from notifications.model.event_data import Instant
from notifications.model.event_types import TYPES, EventType
from notifications.model.samples import sample_of

HEADERS = {
    "webhook-id": "The event's id: the same for every attempt, for every subscription and in the feed.",
    "webhook-timestamp": "Seconds since 1970 of this attempt.",
    "webhook-signature": "`v1,` and the signature, one for each secret that counts (Standard Webhooks 1.0).",
}


def add_webhooks(router: APIRouter) -> None:
    """Describes every type; nothing is served here."""
    for type_ in TYPES:
        _add(router, type_)


def _add(router: APIRouter, type_: EventType) -> None:
    body = _body_of(type_)

    async def sent(body: BaseModel) -> None: ...

    sent.__annotations__["body"] = body
    router.add_api_route(
        type_.name,
        sent,
        methods=["POST"],
        status_code=204,
        tags=["events"],
        operation_id=f"webhook {type_.name}",
        summary=type_.title_en,
        description=f"{type_.title}. Answer any 2xx within 15 seconds.",
        responses={
            "default": {"description": "Anything but 2xx is tried again by the schedule; 410 pauses the subscription."}
        },
        openapi_extra={"parameters": _parameters(), "security": []},
    )


def _body_of(type_: EventType) -> type[BaseModel]:
    name = "".join(part.capitalize() for part in type_.name.replace("_", ".").split("."))
    fields: dict[str, Any] = {
        "type": (Literal[type_.name], Field(description="The type.")),
        "timestamp": (Instant, Field(description="When it happened.")),
        "data": (type_.data, Field(description="Ids, codes, states, amounts and times.")),
    }
    config = ConfigDict(json_schema_extra={"examples": [sample_of(type_.name)]})
    model: type[BaseModel] = create_model(f"{name}Webhook", __doc__=f"{type_.title_en}.", __config__=config, **fields)
    return model


def _parameters() -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in HEADERS.items()
    ]
