"""The registry's HTTP doors, by domain noun."""

from registry.routes import imports, organizations, residents, units, unmatched

ROUTERS = (units.router, residents.router, imports.router, organizations.router, unmatched.router)
