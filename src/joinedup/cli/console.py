"""The command's output: progress, one-sentence errors, and nothing but results on standard output."""

from __future__ import annotations

import functools
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

NO_ROOM = (
    "There is no room left on the disk. What was not finished is not kept: make room, then run the same "
    "command again."
)


class Failed(click.ClickException):
    """One plain sentence that says what to do; exit status 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


def start_django() -> None:
    """Load settings and apps once, only for verbs that need them: `--help` and `match` start fast."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(
            f"JOINEDUP_HOME cannot be used: {error.strerror or error}. Choose a folder that you may write to."
        ) from error


def with_records(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for verbs that use the database: starts Django, and turns expected errors into one
    sentence."""

    @functools.wraps(verb)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            start_django()
            return _answered(verb, *args, **kwargs)
        except KeyboardInterrupt:
            raise Failed("Stopped. What was not finished is not kept: run the same command again.") from None

    return wrapped


def _answered(verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    from django.core.exceptions import PermissionDenied, ValidationError
    from django.db import Error, OperationalError, ProgrammingError

    from joinedup.web.errors import is_full

    try:
        return verb(*args, **kwargs)
    except ValidationError as error:
        raise Failed(" ".join(error.messages)) from error
    except PermissionDenied as error:
        raise Failed(str(error)) from error
    except BrokenPipeError:
        raise  # the reader of the pipe has closed it; click exits quietly
    except (Error, sqlite3.Error, OSError) as error:
        if is_full(error):
            raise Failed(NO_ROOM) from error
        if isinstance(error, OperationalError | ProgrammingError):
            raise Failed(_explained(str(error))) from error
        if not isinstance(error, OSError):
            raise Failed(
                f"The records cannot be used, and nothing was changed: {_first_line(error)}."
            ) from error
        raise Failed(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.") from error


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "no reason given"


def _explained(error: str) -> str:
    first = _first_line(error)
    if ("unable to open" in first or "readonly" in first) and (records := _records_here()):
        return f"{records} cannot be opened and written to: the disk is read only, or it belongs to another user."
    if (
        "no such table" in first
        or "unable to open" in first
        or ("relation" in first and "not exist" in first)
    ):
        return "There is no installation here yet: run “joinedup init” for a real one or “joinedup demo” to try it."
    if "locked" in first:
        return "Somebody else is writing to the records just now: try again in a moment."
    if "no such column" in first or ("column" in first and "not exist" in first):
        return "The records are from an older version: run “joinedup upgrade”."
    return f"The records cannot be used: {first}."


def _records_here() -> Path | None:
    """The file of the records, if it is there and holds anything."""
    from django.conf import settings

    path = Path(settings.HOME) / "records.sqlite3"
    return path if path.is_file() and path.stat().st_size else None


def put_json(document: Any) -> None:
    """One JSON document on standard output, stable from run to run."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def _silence(text: str, share: float | None = None) -> None:
    """Progress for `--json`: nothing but the document is printed."""


@contextmanager
def progress(quiet: bool = False) -> Iterator[Callable[[str, float | None], None]]:
    """Yields `say(text, share)`: a bar on a terminal (share 0 to 1, or None to only name the step), lines if
    piped.

    Everything goes to standard error, so that standard output holds results only.
    """
    if quiet:
        yield _silence
        return
    if not sys.stderr.isatty():
        last = ""

        def line(text: str, share: float | None = None) -> None:
            nonlocal last
            if text != last:
                click.echo(text, err=True)
                last = text

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        tasks: dict[str, Any] = {}

        def bar(text: str, share: float | None = None) -> None:
            if text not in tasks:
                for task in tasks.values():
                    shown.update(task, total=1, completed=1)
                tasks[text] = shown.add_task(text, total=None if share is None else 1.0)
            if share is not None:
                shown.update(tasks[text], total=1.0, completed=share)

        yield bar
        for task in tasks.values():
            shown.update(task, total=1, completed=1)
