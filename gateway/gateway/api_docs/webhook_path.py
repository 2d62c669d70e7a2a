"""The operation that partners deliver their events to; it has no FastAPI route."""

from typing import Any

from gateway.api_docs.error_responses import reference

WEBHOOK_ERRORS = (400, 401, 404, 408, 410, 413, 414, 415, 422, 429, 431, 503)
WEBHOOK_PATH: dict[str, Any] = {
    "/webhooks/{partner_id}": {
        "post": {
            "tags": ["webhooks"],
            "summary": "Deliver Webhook",
            "operationId": "deliverWebhook",
            "x-service": "gateway",
            "x-audience": ["public"],
            "security": [{}],
            "description": "A message of a partner, signed by Standard Webhooks 1.0. Answered 202 only after it is durable. "
            "The page `docs/integration.md` lists the types and their `data`.",
            "parameters": [
                {
                    "name": "partner_id",
                    "in": "path",
                    "required": True,
                    "description": "Who sends, such as `demo-bank`",
                    "schema": {"type": "string"},
                },
                {
                    "name": "webhook-id",
                    "in": "header",
                    "required": True,
                    "description": "The sender's id of the message, the same for every repetition",
                    "schema": {"type": "string"},
                },
                {
                    "name": "webhook-timestamp",
                    "in": "header",
                    "required": True,
                    "description": "Unix seconds of this attempt; at most 300 seconds off",
                    "schema": {"type": "string"},
                },
                {
                    "name": "webhook-signature",
                    "in": "header",
                    "required": True,
                    "description": "`v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`; several are "
                    "separated by spaces; `v1a,` for ed25519",
                    "schema": {"type": "string"},
                },
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["type", "timestamp", "data"],
                            "properties": {
                                "type": {"type": "string", "description": "What happened: one of the partner's types"},
                                "timestamp": {
                                    "type": "string",
                                    "format": "date-time",
                                    "description": "When it happened; decides state, not the order of arrival",
                                },
                                "data": {
                                    "type": "object",
                                    "additionalProperties": True,
                                    "description": "The fields of the type",
                                },
                            },
                        },
                        "example": {
                            "type": "payment_account.opened",
                            "timestamp": "2026-11-21T08:00:00+07:00",
                            "data": {
                                "resident": {"personal_id": "038095000001"},
                                "kind": "bank",
                                "account_ref": "acc-1",
                                "unit_code": "15724",
                            },
                        },
                    }
                },
            },
            "responses": {
                "202": {
                    "description": "Durable: accepted, duplicate, or conflict (same id, other body; kept and flagged)",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["id", "status"],
                                "properties": {
                                    "id": {"type": "string", "description": "The `webhook-id`"},
                                    "status": {
                                        "type": "string",
                                        "enum": ["accepted", "duplicate", "conflict"],
                                        "description": "`conflict`: the same id with another body, kept and flagged",
                                    },
                                },
                            }
                        }
                    },
                },
                **{str(status): reference(status) for status in WEBHOOK_ERRORS},
            },
        }
    }
}
