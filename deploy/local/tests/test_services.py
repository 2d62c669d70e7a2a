"""The variables of each process of the launcher."""

from pathlib import Path

import pytest

from deploy.local.services import own_variables


def test_a_variable_with_a_service_before_it_is_for_that_service_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAYMENTS_QR__LOG_LEVEL", "DEBUG")

    assert own_variables("payments-qr", tmp_path)["LOG_LEVEL"] == "DEBUG"
    assert "LOG_LEVEL" not in own_variables("registry", tmp_path)
