"""The Python client of `make clients`, installed and used as a stranger's program would."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import urllib3

from deploy.clients.generator import ToolchainAbsent
from deploy.clients.languages import install_python


class PatientRetry(urllib3.Retry):
    """Repeats what is answered with `Retry-After`: too many requests, overload, an id that is not known everywhere yet."""

    RETRY_AFTER_STATUS_CODES = frozenset({404, 429, 503})


@pytest.fixture(scope="session")
def bakhong_api(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package `bakhong_api`; skipped where it is not built and cannot be (Java and Maven)."""
    folder = tmp_path_factory.mktemp("client")
    try:
        install_python(folder)
    except ToolchainAbsent as missing:
        pytest.skip(str(missing))
    sys.path.insert(0, str(folder))
    return importlib.import_module("bakhong_api")


@pytest.fixture(scope="session")
def client(bakhong_api: ModuleType, platform_url: str) -> Callable[..., Any]:
    """`client()` is a client without a token, `client(role="officer", unit_code="15724")` one of that caller."""
    settings = {
        "host": platform_url,
        "ssl_ca_cert": os.environ.get("SSL_CERT_FILE"),
        "retries": PatientRetry(8, allowed_methods=None, backoff_factor=0),
    }
    anonymous = bakhong_api.ApiClient(bakhong_api.Configuration(**settings))

    def signed_in(**who: str) -> Any:
        if not who:
            return anonymous
        asked = bakhong_api.GatewayDevelopmentSignIn(**who)
        token = bakhong_api.TokensApi(anonymous).create_development_token(asked).access_token
        return bakhong_api.ApiClient(bakhong_api.Configuration(**settings, access_token=token))

    return signed_in
