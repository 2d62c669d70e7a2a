"""The gateway's own REST operations."""

from gateway.routes import partners, platform, tokens, vocabularies

ROUTERS = (partners.router, tokens.router, platform.router, vocabularies.router)
