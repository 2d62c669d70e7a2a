"""Accounts of officers and volunteers in the realm: planned against a list first, then made, changed or ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from deploy.setup.keycloak import Account, KeycloakAdmin
from deploy.staff.staff_list import StaffMember

Change = Literal["new", "changed", "unchanged"]


class Planned(NamedTuple):
    """What becomes of a member's account. `before` are the attributes that change, as they are now."""

    member: StaffMember
    change: Change
    account: Account | None = None
    before: str = ""


class Outcome(NamedTuple):
    """A member's account: its subject for the list of a team, and the password of the first sign-in without mail."""

    member: StaffMember
    change: Change
    subject: str
    password: str | None = None


def planned(keycloak: KeycloakAdmin, members: Iterable[StaffMember]) -> list[Planned]:
    """The change of each account that the list asks for; nothing is written."""
    return [_planned(member, keycloak.account_of(member.email)) for member in members]


def _planned(member: StaffMember, account: Account | None) -> Planned:
    if account is None:
        return Planned(member, "new")
    before = {name: account.attributes.get(name, []) for name in ("bakhong_role", "unit_code", "body")}
    wanted = {name: member.attributes.get(name, []) for name in before}
    if before == wanted and account.is_enabled:
        return Planned(member, "unchanged", account)
    old = ", ".join(value for values in before.values() for value in values)
    return Planned(member, "changed", account, old if account.is_enabled else f"{old} (đã khóa)")


def carry_out(keycloak: KeycloakAdmin, plan: Iterable[Planned], *, by_mail: bool) -> Iterable[Outcome]:
    """Does what was planned. A new member gets a mail with a link, or without a mail server a password for one sign-in."""
    for each in plan:
        password = None
        if each.account is None:
            invited = keycloak.invite(each.member.email, each.member.name, each.member.attributes, by_mail=by_mail)
            account, password = invited.account, invited.password
        else:
            account = each.account
            if each.change == "changed":
                keycloak.change(account, each.member.attributes)
        yield Outcome(each.member, each.change, account.subject, password)


def end(keycloak: KeycloakAdmin, email: str) -> bool:
    """Locks the account and ends its sessions; false when there is none. The list opens it again."""
    account = keycloak.account_of(email)
    if account is not None:
        keycloak.lock(account)
    return account is not None
