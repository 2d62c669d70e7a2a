"""The gateway's own REST operations."""

from gateway.routes import me, partners, platform, tokens, vocabularies

ROUTERS = (partners.router, tokens.router, platform.router, me.router, vocabularies.router)
