"""Terminal output: one line per step, and the addresses at the end."""

from __future__ import annotations

import base64
import contextlib
import time

PARTNERS = ("demo-bank", "demo-wallet", "demo-telecom", "demo-identity", "demo-portal", "demo-app")

_began = time.monotonic()


def show(line: str) -> None:
    """One line at once; a closed terminal is no reason to stop."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def begin() -> None:
    """Note the time of the start."""
    global _began
    _began = time.monotonic()
    show("Ba Không starts")


def done(step: str) -> None:
    """A step that is done, with the seconds since the start."""
    show(f"  {time.monotonic() - _began:5.1f} s  {step}")


def partner_secret(partner: str) -> str:
    """The published webhook secret of a development partner; production has neither partner nor secret."""
    return "whsec_" + base64.b64encode(partner.encode().ljust(32, b".")).decode()


def show_addresses(url: str, *, development: bool, logs: str, receiver: str = "") -> None:
    """The addresses, how to sign in, one question, the partners."""
    show(f"""
  Ba Không is at   {url}
  dashboard        {url}/dashboard
  API              {url}/docs
  logs             {logs}""")
    if development:
        show(_how_to_sign_in(url))
        show(_the_partners(url))
        if receiver:
            show(f"\n  demo-app, the backend of the province's app, receives events and shows them at {receiver}")
        show(what_next(url))
    show("\n  Ctrl-C stops it; the data stays.")


def _how_to_sign_in(url: str) -> str:
    return f"""
  Sign in as an officer of Đồng Tiến (roles: resident, organization, volunteer, officer, auditor, operator):
    TOKEN=$(curl -s {url}/dev/token -H 'Content-Type: application/json' \\
      -d '{{"role": "officer", "unit_code": "15724"}}' | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')
  and ask:
    curl -s '{url}/v1/reports/progress?unit_code=15724' -H "Authorization: Bearer $TOKEN"
  Residents sign in by OpenID Connect (code flow with PKCE, any client_id, redirect to this machine):
    issuer         {url}/dev/identity
    who is there   {url}/dev/identity/   (one person for each refusal; level 1 and 2)"""


def what_next(url: str) -> str:
    """The next step for each kind of person."""
    return f"""
  What next:
    makers of an app     docs/app.md: the first signed-in call in ten minutes; try calls at {url}/docs
    partners             docs/integration.md: the first accepted webhook in fifteen minutes
    officers             {url}/dashboard/units/15724
    operators            docs/operations.md; is everything up: {url}/readyz"""


def _the_partners(url: str) -> str:
    lines = [f"    {partner:<14} {partner_secret(partner)}" for partner in PARTNERS]
    return f"\n  Partners post signed webhooks to {url}/webhooks/<partner>:\n" + "\n".join(lines)
