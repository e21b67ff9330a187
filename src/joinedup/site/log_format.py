"""How a line of the log looks: words for people, or one JSON object for machines. Neither repeats what a visitor sent.

Django's own lines of requests have the path in them, and messages of errors what the database was given: of those the
pattern of the address is kept, and where in the code it happened.
"""

from __future__ import annotations

import datetime
import json
import logging
from http import HTTPStatus
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

from django.conf import settings
from django.http import HttpRequest

from joinedup.site.request_facts import about, current

# Whose messages quote the request.
OF_REQUESTS = ("django.request", "django.security")
PACKAGES = "site-packages/"


class Plain(logging.Formatter):
    """On a developer's machine (DEBUG) with everything that Python says of an error."""

    def format(self, record: logging.LogRecord) -> str:
        if settings.DEBUG:
            return super().format(record)
        said = fields(record)
        parts = [str(said.pop(name)) for name in ("time", "level", "logger", "message")]
        where = said.pop("where", [])
        parts += [f"{name}={value}" for name, value in said.items() if value is not None]
        return "\n".join([" ".join(parts), *(f"    {line}" for line in where)])  # type: ignore[attr-defined]


class Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(fields(record), ensure_ascii=False, default=str)


def fields(record: logging.LogRecord) -> dict[str, object]:
    """`time` (UTC), `level`, `logger`, `message`; of a request `id`, `user`, `method`, `route`, `status`, `ms`; of an
    error `error` (its kind) and `where` (lines of code, the outermost first)."""
    moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
    said: dict[str, object] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": _message(record),
    }
    # Django's own lines come after the request is answered, and bring it with them.
    request = current.get() or getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        said |= about(request)
    said |= getattr(record, "fields", {})
    if record.exc_info and record.exc_info[0]:
        kind, _, trace = record.exc_info
        said |= {"error": f"{kind.__module__}.{kind.__qualname__}", "where": where(trace)}
    return said


def where(trace: TracebackType | None) -> list[str]:
    """File, line and function of each step, without what they held."""
    return [f"{_short(each.filename)}:{each.lineno} {each.name}" for each in extract_tb(trace)]


def _short(path: str) -> str:
    _, found, rest = path.rpartition(PACKAGES)
    return rest if found else "/".join(Path(path).parts[-3:])


def _message(record: logging.LogRecord) -> str:
    if not record.name.startswith(OF_REQUESTS):
        return record.getMessage()
    status = getattr(record, "status_code", None)
    return f"{status} {HTTPStatus(status).phrase}" if status else "a request was refused"
