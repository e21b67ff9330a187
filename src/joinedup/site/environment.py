"""Typed readers of environment variables: a wrong value gets one sentence, not a traceback later."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured
from jinja2 import FileSystemBytecodeCache


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not “{value}”.")


def number(name: str, *, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not “{value}”.")
    return int(value)


def one_of(name: str, beginnings: tuple[str, ...]) -> str:
    """Empty, or a value that begins with one of these."""
    value = os.environ.get(name, "").strip()
    if value and not value.startswith(beginnings):
        # Not the value itself: it may hold a password.
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(beginnings)}")
    return value


def notify(backend: str) -> tuple[str, str]:
    """The API key and the template of GOV.UK Notify; both are needed where mails go through it."""
    key, template = (os.environ.get(name, "").strip() for name in ("NOTIFY_API_KEY", "NOTIFY_TEMPLATE"))
    if backend.startswith("joinedup.mail.notify.") and not (len(key) > 73 and template):
        raise ImproperlyConfigured("Mails through GOV.UK Notify need NOTIFY_API_KEY and NOTIFY_TEMPLATE.")
    return key, template


def words(name: str, *, default: list[str]) -> list[str]:
    """A comma-separated list."""
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] or default


def template_cache() -> dict[str, FileSystemBytecodeCache]:
    """The option of Jinja that keeps compiled templates in a folder between starts; nothing unless a folder is named.
    What lies in it is run, so only the site may write there."""
    folder = os.environ.get("TEMPLATE_CACHE")
    return {"bytecode_cache": FileSystemBytecodeCache(folder)} if folder else {}


def home() -> Path:
    """The folder that holds everything an installation stores."""
    return Path(os.environ.get("JOINEDUP_HOME") or ".joinedup").absolute()


def database(url: str, folder: Path) -> dict[str, object]:
    """Django's settings for `DATABASE_URL`, or SQLite in the home folder when there is none.

    SQLite writes with BEGIN IMMEDIATE and waits for its turn: with deferred transactions, concurrent writers
    fail instead of waiting. Deleted data is overwritten, so that personal details leave the file too.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "records.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000; "
                "PRAGMA secure_delete=ON;",
            },
        }
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// (leave it out for SQLite).")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def secret_key(folder: Path) -> str:
    """The key that signs sessions and mail links: from the environment, else created once and stored in the
    home folder."""
    if value := os.environ.get("SECRET_KEY"):
        return value
    path = folder / "secret-key"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    from django.core.management.utils import get_random_secret_key

    folder.mkdir(parents=True, exist_ok=True)
    fresh = get_random_secret_key()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(fresh)
    return fresh
