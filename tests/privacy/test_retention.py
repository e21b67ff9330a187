"""What is kept for how long: the table covers every model, and pages and documents say what it says."""

import datetime
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from joinedup.accounts.personal import NAMES, NOBODYS_NAME, PERSONAL
from joinedup.privacy import retention
from joinedup.privacy.retention import (
    CLOSED_ACCOUNTS,
    DRAFTS,
    EVERY,
    FAILED_MAILBOXES,
    HELD_PLACES,
    MOVES,
    NAMES_UNTIL_ERASED,
    PERSONAL_DETAILS,
    SENT_MAIL,
    SESSIONS,
    UNDELIVERED_MAIL,
    UNDONE,
    UPLOADS,
    WAITING_MAIL,
    WITHOUT_AN_END,
    Period,
)

ROOT = Path(retention.__file__).resolve().parents[3]
PACKAGE = ROOT / "src" / "joinedup"
PAGES = sorted([*PACKAGE.rglob("*.jinja"), *PACKAGE.rglob("templates/**/*.txt")])


def test_the_periods_by_hand() -> None:
    assert {each.what: each.length.days for each in EVERY} == {
        PERSONAL_DETAILS.what: 90,
        DRAFTS.what: 30,
        UPLOADS.what: 5,
        WAITING_MAIL.what: 1,
        UNDELIVERED_MAIL.what: 7,
        SENT_MAIL.what: 30,
        FAILED_MAILBOXES.what: 400,
        HELD_PLACES.what: 1,
        CLOSED_ACCOUNTS.what: 180,
        UNDONE.what: 1,
        SESSIONS.what: 14,
        MOVES.what: 400,
    }
    assert {id(each) for each in vars(retention).values() if isinstance(each, Period)} == set(map(id, EVERY))


def test_every_model_with_personal_fields_has_a_period_or_a_reason() -> None:
    timed = [label for each in EVERY for label in each.of]
    assert len(timed) == len(set(timed))
    assert not set(timed) & set(WITHOUT_AN_END)
    assert {*timed, *WITHOUT_AN_END} == {label for label, fields in PERSONAL.items() if fields}
    assert all(WITHOUT_AN_END.values())


def test_every_name_as_text_ends_with_the_account() -> None:
    assert set(NAMES) == set(NAMES_UNTIL_ERASED)
    assert len(NAMES_UNTIL_ERASED) == len(set(NAMES_UNTIL_ERASED))


def test_every_field_that_sounds_like_a_name_is_decided_about() -> None:
    """A new `…_by` or `…_lead` holds the name of an account, is personal, or has a reason why it is neither."""
    decided = {
        f"{label}.{name}" for table in (NAMES, PERSONAL) for label, names in table.items() for name in names
    }
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("joinedup.")
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
        if re.search(r"(^|_)(by|lead|who|owner|author|written|spoken)$", field.name)
    }
    assert found - decided == set(NOBODYS_NAME)


@pytest.mark.parametrize(
    ("document", "pattern", "period"),
    [
        ("SECURITY.md", r"(\d+) days after an event the worker empties", PERSONAL_DETAILS),
        ("SECURITY.md", r"Drafts at a table go after (\d+) days", DRAFTS),
        ("SECURITY.md", r"spreadsheets that nobody accepted after (\d+) days", UPLOADS),
        ("SECURITY.md", r"mails that wait after (\d+) day", WAITING_MAIL),
        ("SECURITY.md", r"mails that did not arrive after (\d+) days", UNDELIVERED_MAIL),
        ("SECURITY.md", r"where a mail went after (\d+) days", SENT_MAIL),
        ("docs/operating.md", r"(\d+) days after the day the worker empties", PERSONAL_DETAILS),
        ("docs/operating.md", r"personal details (\d+) days after an event", PERSONAL_DETAILS),
        ("docs/operating.md", r"drafts left for (\d+) days", DRAFTS),
        ("docs/operating.md", r"spreadsheets that nobody accepted within (\d+) days", UPLOADS),
        ("docs/decisions/case-lists.md", r"not accepted is deleted after (\d+) days", UPLOADS),
        (
            "docs/decisions/tables-without-an-account.md",
            r"personal details, (\d+) days after",
            PERSONAL_DETAILS,
        ),
    ],
)
def test_documents_say_the_same(document: str, pattern: str, period: Period) -> None:
    words = " ".join((ROOT / document).read_text().split())
    assert re.findall(pattern, words) == [str(period.length.days)]


@pytest.mark.parametrize(
    ("pattern", "period", "pages"),
    [
        (r"delet[^.'{}]*? (\d+) days after", PERSONAL_DETAILS, 5),
        (r"(?:accepted it within|do not accept is deleted after) (\d+) days", UPLOADS, 2),
    ],
)
def test_pages_and_mails_say_the_same(pattern: str, period: Period, pages: int) -> None:
    found = {path: re.findall(pattern, path.read_text()) for path in PAGES}
    told = {path: days for path, days in found.items() if days}
    assert len(told) == pages
    assert {day for days in told.values() for day in days} == {str(period.length.days)}


def test_a_day_is_a_day() -> None:
    """Of a mail that waits and of a place that is held, pages and documents say “a day”."""
    assert WAITING_MAIL.length == HELD_PLACES.length == datetime.timedelta(days=1)


def test_nobody_has_a_period_of_their_own() -> None:
    """Only this table says how long something is kept: workers take it from here."""
    for path in ("agreements/worker.py", "registration/queries/attendees.py", "spreadsheets/actions.py",
                 "mail/outbox.py", "registration/actions/held_places.py", "opportunities/worker.py"):  # fmt: skip
        text = (PACKAGE / path).read_text()
        assert re.search(r"from joinedup\.privacy\.retention import \w+", text), path
