"""What the environment makes of the settings, each in a process of its own."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from joinedup.site import environment
from tests.demo.installation import OURS

SAID = """
import json, django
from django.conf import settings
from django.core import checks
django.setup()
found = [each.id for each in checks.run_checks(include_deployment_checks=True) if not each.is_silenced()]
names = ("SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE")
from django.test import Client
told = {}
for proto in ("http", "https"):
    answer = Client(headers={"host": "joinedup.example.org", "x-forwarded-proto": proto}).get("/worried/")
    told[proto] = [answer.status_code, answer.get("Location"), answer.get("Strict-Transport-Security")]
print(json.dumps([found, {name: getattr(settings, name) for name in names}, told]))
"""
PUBLIC = {
    "SITE_URL": "https://joinedup.example.org",
    "ALLOWED_HOSTS": "joinedup.example.org",
    "TRUSTED_PROXIES": "1",
}


def python(home: Path, code: str, **given: str) -> subprocess.CompletedProcess[str]:
    # Tests with a browser set the last for the whole process.
    ours = {*OURS, "DJANGO_ALLOW_ASYNC_UNSAFE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    environ = kept | {"JOINEDUP_HOME": str(home), "DJANGO_SETTINGS_MODULE": "joinedup.site.settings"} | given
    return subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False
    )


def test_a_site_behind_a_proxy_passes_every_check_of_a_deployment(tmp_path: Path) -> None:
    done = python(tmp_path / "home", SAID, **PUBLIC)
    assert done.returncode == 0, done.stderr
    found, settings, told = json.loads(done.stdout)
    assert found == []
    assert settings == {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SESSION_COOKIE_SECURE": True,
    }
    assert told == {
        "http": [301, "https://joinedup.example.org/worried/", None],
        "https": [200, None, "max-age=31536000"],
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("METRICS_ADDRESSES", "10.0.0.0/99", "METRICS_ADDRESSES must be addresses or networks"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be plain or json, not “xml”."),
        ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES must be a whole number"),
        (
            "BOUNCE_MAILBOX",
            "imap://a:b@host/INBOX",
            "BOUNCE_MAILBOX must be imaps://name:password@host/folder",
        ),
        # A password that is not written as in a link.
        (
            "BOUNCE_MAILBOX",
            "imaps://a:b#/c@host/INBOX",
            "BOUNCE_MAILBOX must be imaps://name:password@host/folder",
        ),
        (
            "BOUNCE_MAILBOX",
            "imaps://a:b@host:x/INBOX",
            "BOUNCE_MAILBOX must be imaps://name:password@host/folder",
        ),
        (
            "BOUNCE_MAILBOX",
            "imaps://a:b@host/R%C3%BCck",
            "BOUNCE_MAILBOX must be imaps://name:password@host/folder",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    done = python(tmp_path, "from joinedup.cli import main; main(['check'])", **{name: value})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    home = tmp_path / "home"
    made = environment.secret_key(home)
    assert len(made) >= 50
    assert environment.secret_key(home) == made
    assert [each.name for each in home.iterdir()] == ["secret-key"]
    assert [stat.S_IMODE(each.stat().st_mode) for each in (home, home / "secret-key")] == [0o700, 0o600]


def test_an_empty_key_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (tmp_path / "secret-key").write_text("\n")
    with pytest.raises(environment.ImproperlyConfigured, match="secret-key is empty: put the key"):
        environment.secret_key(tmp_path)


def test_postgresql_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    made: Any = environment.database("postgresql://a:b@host/name?sslmode=require", tmp_path)
    assert made["OPTIONS"] == {"connect_timeout": "5", "sslmode": "require"}
    made = environment.database("postgresql://a:b@host/name?connect_timeout=9", tmp_path)
    assert made["OPTIONS"] == {"connect_timeout": "9"}
