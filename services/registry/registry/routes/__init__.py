"""The REST operations of the registry, by domain noun."""

from registry.routes import (
    attributes,
    breaches,
    duplicates,
    identity_links,
    imports,
    integrity,
    linked,
    move_requests,
    organizations,
    registrations,
    representations,
    residents,
    rights,
    units,
    unmatched,
    verified_phones,
)

ROUTERS = (
    units.router,
    residents.router,
    attributes.router,
    imports.router,
    organizations.router,
    unmatched.router,
    rights.router,
    duplicates.router,
    linked.router,
    move_requests.router,
    integrity.router,
    breaches.router,
    identity_links.router,
    registrations.router,
    representations.router,
    verified_phones.router,
)
