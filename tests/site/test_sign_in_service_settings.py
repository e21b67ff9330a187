"""Settings of sign-in services: whole they are taken, half they are off and `joinedup check` says what lacks."""

from __future__ import annotations

import os
from typing import Any

import pytest

from joinedup.site.settings_health import settings_findings
from joinedup.site.sign_in_service_settings import sign_in_services

WHOLE = {
    "OIDC": "council",
    "OIDC_COUNCIL_NAME": "Testshire Council",
    "OIDC_COUNCIL_ISSUER": "https://login.example.org/tenant/v2.0",
    "OIDC_COUNCIL_CLIENT_ID": "id",
    "OIDC_COUNCIL_CLIENT_SECRET": "hidden",
    "OIDC_COUNCIL_DOMAINS": "testshire.gov.uk, Schools.Testshire.gov.uk",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("OIDC")]:
        monkeypatch.delenv(name)


def read(monkeypatch: pytest.MonkeyPatch, **changed: str) -> tuple[list[dict[str, Any]], list[str]]:
    for name, value in (WHOLE | changed).items():
        monkeypatch.setenv(name, value)
    return sign_in_services()


def test_none_by_default() -> None:
    assert sign_in_services() == ([], [])


def test_one_that_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    found, problems = read(monkeypatch, OIDC_COUNCIL_SECOND_FACTOR="mfa,ngcmfa")
    assert problems == []
    assert found == [
        {
            "slug": "council", "name": "Testshire Council", "issuer": WHOLE["OIDC_COUNCIL_ISSUER"],
            "client_id": "id", "client_secret": "hidden",
            "domains": ("testshire.gov.uk", "schools.testshire.gov.uk"),
            "are_addresses_verified": False, "second_factor": ("mfa", "ngcmfa"),
        }
    ]  # fmt: skip


@pytest.mark.parametrize("lacking", [each for each in WHOLE if each != "OIDC"])
def test_half_of_one_is_off_and_said(monkeypatch: pytest.MonkeyPatch, lacking: str) -> None:
    found, problems = read(monkeypatch, **{lacking: ""})
    assert (found, problems) == (
        [], [f"{lacking} must be set too. Nobody signs in with council until then."],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OIDC", "Coun cil", "must be a short word"),
        ("OIDC", "council,council", "twice"),
        ("OIDC", "", "belongs to nothing"),
        ("OIDC_COUNCIL_ISSUER", "http://login.example.org", "must begin with https://"),
        ("OIDC_COUNCIL_ISSUER", "https://a.example/.well-known/openid-configuration", "the issuer alone"),
        ("OIDC_COUNCIL_ISSUER", "https://login.microsoftonline.com/common/v2.0", "one organisation"),
        ("OIDC_COUNCIL_DOMAINS", "@testshire.gov.uk", "must be names"),
        ("OIDC_COUNCIL_DOMAINS", "*", "must be names"),
        ("OIDC_COUNCIL_DOMAIN", "testshire.gov.uk", "misspelt"),
    ],
)
def test_what_is_wrong_is_said(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    _found, problems = read(monkeypatch, **{name: value})
    assert any(said in each for each in problems), problems
    assert "hidden" not in str(problems)


def test_check_says_it(settings: Any) -> None:
    settings.SIGN_IN_SERVICE_PROBLEMS = ["OIDC_X must be set too."]
    assert "OIDC_X must be set too." in [each.sentence for each in settings_findings()]
