"""Who may do what in notifications: operation x role x relation. No operation needs a second person.

A partner sees and changes its own subscriptions and nothing of others (404). Operators see every subscription and its
deliveries without answers, to help; they change none. Which events a partner sees is the table in `model.event_types`.
"""

from typing import NamedTuple


class Grant(NamedTuple):
    """One line: who may do it, to what, under which condition."""

    operation: str
    role: str
    relation: str
    condition: str = ""


OWN, ALL, OWN_NEWS = "own partner", "all partners", "own"

GRANTS: tuple[Grant, ...] = (
    Grant("read event types", "public", ALL),
    Grant("read events", "partner", OWN, "the app: of all residents and organizations; others: what concerns them"),
    Grant("create subscription", "partner", OWN, "https to a public address"),
    Grant("read subscription", "partner", OWN),
    Grant("read subscription", "operator", ALL),
    Grant("change, delete subscription", "partner", OWN),
    Grant("add secret", "partner", OWN, "shown once"),
    Grant("test, resend, replay", "partner", OWN),
    Grant("read deliveries", "partner", OWN),
    Grant("read deliveries", "operator", ALL, "without the endpoint's answers"),
    Grant("read acts", "partner", OWN),
    Grant("read acts", "operator", ALL),
    Grant("read and mark notifications", "resident", OWN_NEWS, "merged records included"),
    Grant("read and mark notifications", "organization", OWN_NEWS),
    Grant("read and mark notifications", "resident, organization", "acting for", "kinds of the scope"),
    Grant("read and mark notifications", "officer, volunteer", OWN_NEWS, "the account's, and its post's in its units"),
    Grant("read and mark notifications", "operator", OWN_NEWS, "the account's, and of the platform"),
    Grant("read, change preferences", "every person with a feed", OWN_NEWS),
    Grant("register, delete device", "every person with a feed", OWN_NEWS, "a token is that of the last person"),
)
