"""Is this installation sound? Each finding is a sentence that says what is wrong and what to do."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import connection
from django.db.models import F, Max, Q
from django.utils import timezone

from joinedup.about.queries import lacking, responsible_body
from joinedup.accounts.models import Grant
from joinedup.agreements.models import Agreement, Draft
from joinedup.clusters.models import Scan
from joinedup.engines.words import counted, plural
from joinedup.evidence.fetch.forces import forces
from joinedup.evidence.models import Figure
from joinedup.evidence.queries import damaged_files, missing_files, orphaned_files
from joinedup.evidence.stored_figures import are_abandoned
from joinedup.mail.bounce_mailbox import why_unread
from joinedup.mail.outbox import waiting_since
from joinedup.opportunities.models import Opportunity, Run, Touched
from joinedup.places.models import Footprint, Membership, Succession
from joinedup.privacy.retention import DRAFTS, UPLOADS
from joinedup.registration.queries.attendees import due_deletions
from joinedup.site import metrics
from joinedup.site.clock import doubted_for
from joinedup.site.health_finding import HealthFinding
from joinedup.site.home_health import home_findings
from joinedup.site.serve_command import refuse_empty, waiting_migrations
from joinedup.site.settings_health import settings_findings
from joinedup.spreadsheets.models import UNDER_WAY, Upload
from joinedup.support.models import OfferList
from joinedup.tables.models import Seat
from joinedup.web.layers import HEADLINES

# Lists follow a change at once, or by the worker within minutes; a whole run each night checks that.
FOLLOWED_WITHIN, WHOLE_WITHIN = datetime.timedelta(hours=1), datetime.timedelta(days=2)
A_DAY, A_HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
MANY = {"list of support": "lists of support"}
# A timer of the system may call it once a night.
WORKED_WITHIN = datetime.timedelta(hours=26)
# A restarted mail server answers within minutes.
SENT_WITHIN = datetime.timedelta(minutes=15)


def findings() -> list[HealthFinding]:
    """Everything that is wrong or needs attention; empty if all is well.

    Raises ValidationError if there is no installation to check.
    """
    refuse_empty()
    waiting = waiting_migrations()
    if waiting:
        lacking = counted(len(waiting), "step")
        return [
            HealthFinding(
                "migrations",
                f"The records lack {lacking} of this version: run “joinedup upgrade”.",
            )
        ]
    return [
        *settings_findings(),
        *home_findings(),
        *_damage(),
        *_accounts(),
        *_about(),
        *_files(),
        *_police(),
        *_chains(),
        *_figures(),
        *_following(),
        *_looking(),
        *_sheets(),
        *_successions(),
        *_deletions(),
        *_mails(),
        *_worker(),
        *_clock(),
    ]


def _clock() -> list[HealthFinding]:
    left = doubted_for()
    if left is None:
        return []
    return [
        HealthFinding(
            "clock",
            "The clock of this machine jumped between two looks of the worker. For another "
            f"{counted(round(left / A_HOUR) or 1, 'hour')} it deletes nothing: put the clock right by then, if "
            "it is wrong.",
            is_wrong=False,
        )
    ]


def _damage() -> list[HealthFinding]:
    """What SQLite itself finds wrong with its file; a PostgreSQL server checks its own."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        answer = cursor.fetchone()[0]
    if answer == "ok":
        return []
    return [HealthFinding("records", f"The records file is damaged ({answer}): restore a copy.")]


def _accounts() -> list[HealthFinding]:
    if Grant.objects.filter(role=Grant.Role.ADMINISTRATOR).exists():
        return []
    return [HealthFinding("accounts", "Nobody is administrator: run “joinedup init”.")]


def _about() -> list[HealthFinding]:
    """What the law asks a public body to say on its site, and nobody has. A trial without HTTPS has no public."""
    missing = lacking(responsible_body()) if settings.HTTPS else []
    if not missing:
        return []
    return [
        HealthFinding(
            "about",
            "The pages about personal data, accessibility and complaints are not whole: say them on “Who is "
            f"responsible for this site” (from My work). Still to be said: {', '.join(missing)}.",
        )
    ]


def _files() -> list[HealthFinding]:
    found = [
        HealthFinding(
            "store",
            f"The observations of “{row.title}” ({row.file_name}) are gone: restore a copy of {row.stored_as}.",
        )
        for row in missing_files()
    ]
    found += [
        HealthFinding(
            "store",
            f"The observations of “{row.title}” ({row.file_name}) are damaged: restore a copy of {row.stored_as}.",
        )
        for row in damaged_files()
    ]
    orphans = orphaned_files()
    if orphans:
        names = ", ".join(path.name for path in orphans[:3]) + (" and others" if len(orphans) > 3 else "")
        found.append(
            HealthFinding(
                "store",
                f"{counted(len(orphans), 'file')} that no dataset names, left by an import that did not finish, "
                f"may be deleted: {names}.",
                False,
            )
        )
    return found


def _police() -> list[HealthFinding]:
    """Partnerships in areas of police forces that publish files, and none of whose places has a police figure."""
    published = Membership.objects.filter(kind="police_force", code__in=forces())
    covered = Footprint.objects.filter(places__memberships__in=published).distinct().order_by("name")
    held = Figure.objects.filter(indicator__in=HEADLINES, state=Figure.State.NUMBER)
    return [
        HealthFinding("police", f"No police figures are held for {footprint}: run “joinedup fetch”.", False)
        for footprint in covered.exclude(places__figures__in=held)
    ]


def _chains() -> list[HealthFinding]:
    """Links that no database constraint can enforce: across an event's seating, or to results of engines."""
    found = []
    astray = Agreement.objects.filter(sitting__isnull=False).exclude(sitting__event_id=F("event_id")).count()
    if astray:
        found.append(
            HealthFinding("chain", f"{counted(astray, 'agreement')} of one event made at a table of another.")
        )
    elsewhere = Seat.objects.exclude(attendee__event_id=F("sitting__event_id")).count()
    if elsewhere:
        found.append(
            HealthFinding(
                "chain", f"{counted(elsewhere, 'seat')} taken by people of another event: plan it again."
            )
        )
    unproven = Opportunity.objects.filter(moves=[]).count()
    if unproven:
        found.append(
            HealthFinding("chain", f"Opportunities without a reason: {unproven}. Refresh the opportunities.")
        )
    if Opportunity.objects.filter(is_spotted=False).exists() and not Run.objects.exists():
        found.append(
            HealthFinding("chain", "Opportunities are held that no run found: refresh the opportunities.")
        )
    return found


def _figures() -> list[HealthFinding]:
    """Figures that an import or a withdrawal left behind, and that no worker worked out since."""
    if not are_abandoned(timezone.now()):
        return []
    return [
        HealthFinding(
            "figures",
            "Figures and need do not follow the data that is held, since working them out was stopped: run “joinedup "
            "worker --once”.",
        )
    ]


def _following() -> list[HealthFinding]:
    """Whether the lists of opportunities are what a whole run would make of the records."""
    found = []
    late = (
        Touched.objects.filter(at__lt=timezone.now() - FOLLOWED_WITHIN).values("footprint").distinct().count()
    )
    if late:
        found.append(
            HealthFinding(
                "opportunities",
                f"Changed records of {counted(late, 'partnership')} wait to be followed: run “joinedup worker”.",
            )
        )
    latest = Run.objects.values("footprint", "audience").annotate(last=Max("pk")).values("last")
    for run in Run.objects.filter(pk__in=list(latest.values_list("last", flat=True))).select_related(
        "footprint"
    ):
        if run.at < timezone.now() - WHOLE_WITHIN:
            found.append(
                HealthFinding(
                    "opportunities",
                    f"The opportunities of {run.footprint} were last worked out on {run.at:%d/%m/%Y}: run "
                    "“joinedup worker”, or “joinedup worker --once” every night.",
                    False,
                )
            )
    return found


def _looking() -> list[HealthFinding]:
    """Scans that no worker starts or continues."""
    late = timezone.now() - FOLLOWED_WITHIN
    waits = Q(state=Scan.State.WAITING, asked_at__lt=late) | Q(state=Scan.State.RUNNING, said_at__lt=late)
    number = Scan.objects.filter(waits).count()
    if not number:
        return []
    wait = plural(number, "waits", "wait")
    return [
        HealthFinding(
            "clusters",
            f"{counted(number, 'scan')} of where and when {wait} since more than an hour: run “joinedup worker”.",
        )
    ]


def _sheets() -> list[HealthFinding]:
    """Spreadsheets that no worker takes in, or undoes."""
    late = timezone.now() - FOLLOWED_WITHIN
    number = Upload.objects.filter(state__in=UNDER_WAY, work__said_at__lt=late).count()
    if not number:
        return []
    wait = plural(number, "waits", "wait")
    return [
        HealthFinding(
            "spreadsheets",
            f"{counted(number, 'spreadsheet')} {wait} to be taken in or undone since more than an hour: "
            "run “joinedup worker”.",
        )
    ]


def _successions() -> list[HealthFinding]:
    """What was stated for a day that has come, and is not carried out: by no worker, or because it cannot be."""
    due = Succession.objects.filter(carried_out_on=None, day__lt=timezone.localdate())
    return [
        HealthFinding(
            "places",
            f"{name} took over on {day:%d/%m/%Y} and the records do not follow: run “joinedup worker --once”, and take "
            f"back what was stated of {code} if that says why it cannot.",
        )
        for name, code, day in due.order_by("new").values_list("new_name", "new", "day").distinct()
    ]


def _deletions() -> list[HealthFinding]:
    due = list(due_deletions(timezone.localdate()))
    return [
        HealthFinding(
            "deletion",
            f"Personal details of “{event}” should be deleted by now: run “joinedup worker”, or do it on its people "
            "page.",
        )
        for event in due
    ] + _forgetting()


def _forgetting() -> list[HealthFinding]:
    """What the worker deletes by its age, and did not for another day."""
    now = timezone.now() - A_DAY
    waits = Upload.objects.filter(state__in=[Upload.State.MAPPING, Upload.State.PREVIEWED])
    old = {
        "draft": Draft.objects.filter(saved_at__lt=now - DRAFTS.length).count(),
        "spreadsheet": waits.filter(at__lt=now - UPLOADS.length).count(),
        "list of support": OfferList.objects.filter(
            state=OfferList.State.WAITING, at__lt=now - UPLOADS.length
        ).count(),
    }
    return [
        HealthFinding(
            "deletion",
            f"{counted(number, what, MANY.get(what, ''))} should be deleted by now: run “joinedup worker”.",
        )
        for what, number in old.items()
        if number
    ]


def _worker() -> list[HealthFinding]:
    """A worker that ran once and runs no more: nobody is reminded or asked then."""
    last = metrics.worker_ran_at()
    if last is None or last > timezone.now() - WORKED_WITHIN:
        return []
    return [
        HealthFinding(
            "worker",
            f"The worker last ran on {timezone.localtime(last):%d/%m/%Y %H:%M}: nobody is reminded or asked since. Run "
            "“joinedup worker”.",
        )
    ]


def _mails() -> list[HealthFinding]:
    """Mails that wait because the mail server did not accept them, and a mailbox that nobody can read."""
    why = why_unread()
    said = f"The mailbox of delivery reports cannot be read: {why}. See BOUNCE_MAILBOX."
    return [*([HealthFinding("mail", said)] if why else []), *_waiting_mails()]


def _waiting_mails() -> list[HealthFinding]:
    number, since = waiting_since()
    if since is None or since > timezone.now() - SENT_WITHIN:
        return []
    waits = plural(number, "waits", "wait")
    return [
        HealthFinding(
            "mail",
            f"{counted(number, 'mail')} {waits} since {timezone.localtime(since):%d/%m/%Y %H:%M}: the mail server does "
            "not take them, or no worker runs. See EMAIL_HOST and run “joinedup worker”; after a day they are let go.",
        )
    ]
