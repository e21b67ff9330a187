"""Creates the demonstration installation with the same import, engines and planner as a real one."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import timezone

from joinedup.about.actions import describe_body
from joinedup.accounts.models import User
from joinedup.accounts.person import Person
from joinedup.demo import clusters, events, people, registers
from joinedup.demo.registers import Register
from joinedup.evidence import observations
from joinedup.firstrun.area_data import bring_in
from joinedup.opportunities.actions.reading import have_read
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.places.demonstration import MARK
from joinedup.places.models import Footprint, Place
from joinedup.site.init_command import load_facts
from joinedup.site.owner_only import private_folder
from joinedup.site.serve_command import migrate

Say = Callable[[str, float | None], None]

LONDON = "E12000007"
HERE = ["E09000019", "E09000007", "E09000012"]
ELSEWHERE = ["E06000015", "E07000032", "E07000034", "E07000036", "E07000037"]
UNFINISHED = "demonstration-unfinished"
LEFT_OUT = "not-brought-in.txt"
# Invented too. Nobody tested its accessibility with people, and its page says so.
RESPONSIBLE = {
    "name": "The two partnerships of this demonstration, each for its own people",
    "address": "An invented address",
    "partnerships": "Islington, Camden and Hackney: its office, data.protection@demonstration.example\n"
    "Derbyshire and Derby: its office, data.protection.elsewhere@demonstration.example",
    "email": "site@demonstration.example",
    "officer_email": "data.protection@demonstration.example",
    "register_number": "ZA000000",
    "basis": "public_task",
    "telephone": "020 7946 0000",
    "hosting": "The computer on which you started it",
    "country": "Where that computer stands",
    "mail_carrier": "Nobody: mails are printed on the console",
    "meets": "partly",
    "problems": "Maps, the grid and a few tables that are read along and across are wider than a phone.\n"
    "Nobody has tried it with people who have a disability, so more may be wrong.",
    "second_stage": "The chief executive’s office",
}


def build(*, say: Say, fresh: bool = False) -> bool:
    """Create the demonstration unless a finished one is here. Returns whether it was created.

    Raises ValidationError if the home holds something that is not a demonstration, which is never touched.
    """
    home = settings.HOME
    mark, unfinished = home / MARK, home / UNFINISHED
    private_folder(home)
    if mark.exists() and not fresh and _is_demonstration():
        made = datetime.date.fromisoformat(mark.read_text(encoding="ascii").strip())
        age = (timezone.localdate() - made).days
        migrate()
        note = " Its dates are from that day: --fresh makes it anew." if age > 20 else ""
        say(f"Using the demonstration made on {made:%d/%m/%Y}.{note}", None)
        return False
    begun_here = mark.exists() or unfinished.exists()
    if _holds_something() and not _is_demonstration() and (_has_people() or not begun_here):
        raise ValidationError(
            f"{home} holds an installation that is not a demonstration: set JOINEDUP_HOME to an empty folder."
        )
    unfinished.touch()
    _clear()
    say("Records", None)
    migrate()
    _fill(say)
    mark.write_text(timezone.localdate().isoformat(), encoding="ascii")
    unfinished.unlink()
    return True


def _holds_something() -> bool:
    """Whether there are records or observations; a home that was only inspected, or only migrated, holds
    nothing."""
    return _has_people() or _any(Place) or any(observations.home().glob("*"))


def _has_people() -> bool:
    return _any(User)


def _is_demonstration() -> bool:
    """Judged by the records: a mark in the home says nothing about a database elsewhere."""
    return _any(Footprint, is_demonstration=True)


def _any(model: type[Model], **wanted: object) -> bool:
    there = model._meta.db_table in connection.introspection.table_names()
    return there and model._default_manager.filter(**wanted).exists()


def _clear() -> None:
    """Delete what an earlier or unfinished demonstration left. Only called for one of those, or if nothing is
    held."""
    if connection.vendor == "sqlite":
        connection.close()
        for path in settings.HOME.glob("records.sqlite3*"):
            path.unlink()
    elif connection.introspection.table_names():
        migrate()
        call_command("flush", verbosity=0, interactive=False)
        cache.clear()
    (settings.HOME / MARK).unlink(missing_ok=True)
    shutil.rmtree(observations.home(), ignore_errors=True)


def _fill(say: Say) -> None:
    operator, today = Person.operator(), timezone.localdate()
    load_facts(say)
    places = Place.objects.filter(Q(parent=LONDON) | Q(pk__in=ELSEWHERE))
    bring_in(places.filter(kind=Place.Kind.LOCAL_AUTHORITY), say)
    # Nobody is sent mail about a demonstration.
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
    try:
        with transaction.atomic():
            _invent(operator, today, say)
    finally:
        settings.EMAIL_BACKEND = backend


def _invent(operator: Person, today: datetime.date, say: Say) -> None:
    describe_body(by=operator, **RESPONSIBLE, prepared_on=today, reviewed_on=today)
    say("Two partnerships from their registers, which are invented", None)
    here = _footprint("islington-camden-hackney", "Islington, Camden and Hackney", HERE)
    there = _footprint("derbyshire", "Derbyshire and Derby", ELSEWHERE)
    coordinator = Person.of(people.make_coordinator(here))
    ours = registers.bring(coordinator, here, "islington-camden-hackney", today)
    theirs = registers.bring(_coordinator_of(there), there, "derbyshire", today)
    people.make_people(ours, theirs)
    clusters.look(coordinator, here, say)
    say("Opportunities to work together", None)
    for footprint in (here, there):
        refresh(by=operator, footprint=footprint, as_of=today)
    registers.answers(coordinator, ours)
    registers.answers(_coordinator_of(there), theirs)
    _say_what_was_left_out((ours, theirs), say)
    events.taken_up(operator, here, 6)
    # Mark the first list as read, so that later changes are news.
    have_read(by=coordinator, footprint=here, until=timezone.now())
    say("Two events: one that is over, one to come", None)
    lead = Person.of(User.objects.get(email=people.LEAD))
    events.make_events(coordinator, lead, ours, today)
    # Agreements are local action now, so the list changes.
    refresh(by=operator, footprint=here, as_of=today)


def _say_what_was_left_out(brought: Iterable[Register], say: Say) -> None:
    """How much of each register could not be brought in or read; every line of it stands in a file of the home."""
    lines = []
    for register in brought:
        number = len(register.left_out)
        say(
            f"{register.footprint.name}: {number} lines not brought in as they are (see {settings.HOME / LEFT_OUT})",
            None,
        )
        lines += [f"{register.footprint.name}: {line}" for line in register.left_out]
    (settings.HOME / LEFT_OUT).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _coordinator_of(footprint: Footprint) -> Person:
    """Who coordinates the partnership elsewhere: nobody signs in as them."""
    own = frozenset({footprint.pk})
    return Person(
        name=f"The coordinator of {footprint.name}", footprint_ids=own, coordinated_ids=own, is_operator=True
    )


def _footprint(slug: str, name: str, codes: list[str]) -> Footprint:
    # Shows an option of partnerships; it is off for a new one.
    footprint = Footprint.objects.create(
        slug=slug, name=name, is_demonstration=True, shows_opportunities=True
    )
    footprint.places.set(Place.objects.filter(pk__in=codes))
    return footprint
