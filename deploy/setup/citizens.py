"""The provider of citizens' identities (VNeID, or what a province has in front of it), brokered by the stack's own Keycloak.

Keycloak sends a person of the app on to that provider, keeps number, name, birth date and level that it states in the session,
and gives the app tokens of the realm with them. The platform then trusts the realm alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.setup.keycloak import KeycloakAdmin

ALIAS = "citizens"
APP = "bakhong-app"
SCOPE = "citizen"
FLOW = "citizens"
LEVEL_CLAIM, TIME_CLAIM = "citizen_level", "auth_time"
TOKEN_CLAIMS = ("personal_id", "name", "birthdate", LEVEL_CLAIM)
"""The claims of the realm's tokens, in the order of the provider's; the scope has a mapper of the same name for each."""
REALM = Path(__file__).parents[1] / "identity/realm.json"


@dataclass(frozen=True)
class CitizenProvider:
    """The provider's address, our client there, its claims (number, name, birth date, level) and its `acr` of level 1 and 2."""

    issuer: str
    client_id: str
    client_secret: str
    claims: tuple[str, str, str, str]
    acr_values: tuple[str, str]

    @classmethod
    def of(cls, answers: Mapping[str, str], client_secret: str) -> CitizenProvider | None:
        """As the set-up's answers describe it; None where none was named."""
        if not answers.get("SETUP_CITIZENS_ISSUER"):
            return None
        number, name, born, level = answers["SETUP_CITIZENS_CLAIMS"].split()
        low, high = answers["SETUP_CITIZENS_LEVELS"].split()
        return cls(
            answers["SETUP_CITIZENS_ISSUER"].rstrip("/"), answers["SETUP_CITIZENS_CLIENT_ID"], client_secret,
            (number, name, born, level), (low, high),
        )  # fmt: skip


def trusted_file(realm_issuer: str, acr_values: tuple[str, str]) -> str:
    """`IDENTITY_PROVIDERS_FILE`: the gateway trusts the realm for what the brokered provider states."""
    claims = dict(zip(("personal_id", "full_name", "date_of_birth", "level"), TOKEN_CLAIMS, strict=True))
    provider = {
        "issuer": realm_issuer, "audience": "bakhong", "claims": claims | {"signed_in_at": TIME_CLAIM},
        "acr_values": {"1": [acr_values[0]], "2": [acr_values[1]]},
    }  # fmt: skip
    return json.dumps({"providers": [provider]}, indent=2) + "\n"


def broker(keycloak: KeycloakAdmin, provider: CitizenProvider) -> None:
    """The realm sends people of the app to this provider. Doing it again changes only what differs."""
    _put_provider(keycloak, provider)
    _put_claim_mappers(keycloak, provider)
    _put_token_mappers(keycloak, provider)
    _ask_again_for_higher_levels(keycloak, provider)
    _send_the_app_there(keycloak)


def _put_provider(keycloak: KeycloakAdmin, provider: CitizenProvider) -> None:
    there = [each for each in keycloak.get("/identity-provider/instances") if each["alias"] == ALIAS]
    known = there[0]["config"] if there else {}
    is_known = known.get("issuer", "").rstrip("/") == provider.issuer
    config = (known if is_known else _discovered(keycloak, provider)) | {
        "clientId": provider.client_id, "clientSecret": provider.client_secret, "clientAuthMethod": "client_secret_post",
        "defaultScope": "openid profile", "pkceEnabled": "true", "pkceMethod": "S256", "validateSignature": "true",
        "useJwksUrl": "true", "syncMode": "FORCE",
        # Its own session never answers silently, so the time at which the person came back is the time of sign-in.
        "prompt": "login", "passMaxAge": "true",
    }  # fmt: skip
    wanted = {
        "alias": ALIAS, "displayName": "VNeID", "providerId": "oidc", "enabled": True, "trustEmail": False,
        "storeToken": False, "hideOnLogin": True, "firstBrokerLoginFlowAlias": "first broker login", "config": config,
    }  # fmt: skip
    if there:
        keycloak.put(f"/identity-provider/instances/{ALIAS}", there[0] | wanted)
    else:
        keycloak.post("/identity-provider/instances", wanted)


def _discovered(keycloak: KeycloakAdmin, provider: CitizenProvider) -> dict[str, str]:
    """The provider's addresses; only once, so that `make up` does not depend on a provider that is known."""
    discovery = f"{provider.issuer}/.well-known/openid-configuration"
    found: dict[str, str] = keycloak.post(
        "/identity-provider/import-config", {"providerId": "oidc", "fromUrl": discovery}
    )
    return found


def _put_claim_mappers(keycloak: KeycloakAdmin, provider: CitizenProvider) -> None:
    """The provider's claims into notes of the session, whose names are those of the claims: they end with it."""
    claims = json.dumps([{"key": claim, "value": ".+"} for claim in provider.claims])
    mappers = {
        "claims": ("oidc-user-session-note-idp-mapper", {"claims": claims, "are.claim.values.regex": "true"}),
        # An account of the staff cannot have this name, whatever the provider calls its people.
        "username": ("oidc-username-idp-mapper", {"template": "${ALIAS}.${CLAIM.sub}", "target": "LOCAL"}),
    }
    path = f"/identity-provider/instances/{ALIAS}/mappers"
    there = {each["name"]: each["id"] for each in keycloak.get(path)}
    for name, (kind, config) in mappers.items():
        mapper: dict[str, Any] = {
            "name": name, "identityProviderAlias": ALIAS, "identityProviderMapper": kind,
            "config": {"syncMode": "FORCE"} | config,
        }  # fmt: skip
        _put_mapper(keycloak, path, mapper, there.get(name))


def _put_token_mappers(keycloak: KeycloakAdmin, provider: CitizenProvider) -> None:
    """The scope's mappers as the realm of this release has them, also in a realm that an earlier one made."""
    scopes = json.loads(REALM.read_text(encoding="utf-8"))["clientScopes"]
    mappers = next(each["protocolMappers"] for each in scopes if each["name"] == SCOPE)
    scope = next(each for each in keycloak.get("/client-scopes") if each["name"] == SCOPE)
    path = f"/client-scopes/{scope['id']}/protocol-mappers/models"
    there = {each["name"]: each["id"] for each in scope.get("protocolMappers", [])}
    notes = dict(zip(TOKEN_CLAIMS, provider.claims, strict=True))
    for mapper in mappers:
        if mapper["name"] in notes:
            mapper["config"]["user.session.note"] = notes[mapper["name"]]
        _put_mapper(keycloak, path, mapper, there.get(mapper["name"]))


def _put_mapper(keycloak: KeycloakAdmin, path: str, mapper: dict[str, Any], mapper_id: str | None) -> None:
    if mapper_id is None:
        keycloak.post(path, mapper)
    else:
        keycloak.put(f"{path}/{mapper_id}", mapper | {"id": mapper_id})


def _ask_again_for_higher_levels(keycloak: KeycloakAdmin, provider: CitizenProvider) -> None:
    """A request with the provider's `acr` of level 2 is not answered from Keycloak's own session: it goes to the provider."""
    realm = keycloak.get("")
    levels = {value: level for level, value in enumerate(provider.acr_values, 1)}
    keycloak.put("", realm | {"attributes": realm.get("attributes", {}) | {"acr.loa.map": json.dumps(levels)}})


def _send_the_app_there(keycloak: KeycloakAdmin) -> None:
    """The app's people see no page of Keycloak: its own session, else the provider. The staff's page stays as it is."""
    flows = {each["alias"]: each["id"] for each in keycloak.get("/authentication/flows")}
    if FLOW not in flows:
        flow = {"alias": FLOW, "providerId": "basic-flow", "topLevel": True, "builtIn": False}
        keycloak.post("/authentication/flows", flow)
        for authenticator in ("auth-cookie", "identity-provider-redirector"):
            keycloak.post(f"/authentication/flows/{FLOW}/executions/execution", {"provider": authenticator})
        for execution in keycloak.get(f"/authentication/flows/{FLOW}/executions"):
            keycloak.put(f"/authentication/flows/{FLOW}/executions", execution | {"requirement": "ALTERNATIVE"})
            if execution["providerId"] == "identity-provider-redirector":
                leads = {"alias": f"{FLOW}-default", "config": {"defaultProvider": ALIAS}}
                keycloak.post(f"/authentication/executions/{execution['id']}/config", leads)
        flows = {each["alias"]: each["id"] for each in keycloak.get("/authentication/flows")}
    app = keycloak.client_of(APP)
    keycloak.put(f"/clients/{app['id']}", app | {"authenticationFlowBindingOverrides": {"browser": flows[FLOW]}})
