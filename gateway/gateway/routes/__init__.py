"""The gateway's own REST operations."""

from gateway.routes import partners, platform, tokens

ROUTERS = (partners.router, tokens.router, platform.router)
