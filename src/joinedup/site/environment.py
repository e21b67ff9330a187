"""Typed readers of environment variables: a wrong value gets one sentence, not a traceback later."""

import os
import tempfile
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured
from jinja2 import FileSystemBytecodeCache

from joinedup.site.owner_only import name_once


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


def one_of(name: str, *values: str) -> str:
    """One of the values; the first is the default."""
    value = os.environ.get(name, "").strip().lower() or values[0]
    if value not in values:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(values)}, not “{value}”.")
    return value


def mailbox(name: str) -> str:
    """Empty, or where a mailbox is: imaps://name:password@host/folder, maildir:/folder or mbox:/file."""
    value = os.environ.get(name, "").strip()
    if not value or (value.startswith(("maildir:", "mbox:")) or _is_imaps(value)):
        return value
    # Not the value itself: it may hold a password.
    raise ImproperlyConfigured(
        f"{name} must be imaps://name:password@host/folder, maildir:/folder or mbox:/file. In name and password write "
        "what is no letter or figure as links do (%40 for @, %23 for #); the folder may have plain letters only."
    )


def _is_imaps(value: str) -> bool:
    try:
        parts = urlparse(value)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_whole = bool(parts.hostname and parts.username and parts.password) and not (
        parts.fragment or parts.query
    )
    return parts.scheme == "imaps" and port_is_right and is_whole and unquote(parts.path).isascii()


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


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A comma-separated list of addresses and networks (10.0.0.7, 10.1.0.0/16)."""
    try:
        return [ip_network(each) for each in words(name, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be addresses or networks, with commas between: {error}."
        ) from error


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
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000; "
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
        # A server that does not answer is said within seconds, by a page as by /readyz.
        "OPTIONS": {"connect_timeout": "5", **dict(parse_qsl(parts.query))},
    }


def secret_key(folder: Path) -> str:
    """The key that signs sessions and mail links: from the environment, else created once and stored in the
    home folder."""
    if value := os.environ.get("SECRET_KEY"):
        return value
    path = folder / "secret-key"
    if path.exists():
        return _key_in(path)
    from django.core.management.utils import get_random_secret_key

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whole or not there, so that of several processes that start at once all read the same.
    descriptor, aside = tempfile.mkstemp(prefix=".partial-", dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(get_random_secret_key())
        with suppress(FileExistsError):
            name_once(Path(aside), path)
    finally:
        Path(aside).unlink(missing_ok=True)
    return _key_in(path)


def _key_in(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise ImproperlyConfigured(
            f"{path} is empty: put the key that you kept there, or delete the file, and a new key is made (links in "
            "mails that were sent stop working)."
        )
    return key
