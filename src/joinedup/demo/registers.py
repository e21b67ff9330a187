"""A register as a coordinator keeps it, brought in by the product's own import; what a sheet cannot carry (links,
confirmations, answers) by the actions that people use for it.

The registers are CSV files in `invented_data/registers`, with the faults that such files have. Their dates are those
of one day, and are moved by whole weeks to the day the demonstration is made.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.text import slugify

from joinedup.accounts.person import Person
from joinedup.accounts.records import Record
from joinedup.demo.invented import TABLES
from joinedup.initiatives.actions import confirm_initiative
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions.answering import answer
from joinedup.opportunities.models import Answer, Opportunity, Run
from joinedup.partners.actions import add_link, change_partner, confirm_partner
from joinedup.partners.models import Ask, Link, Partner
from joinedup.places.models import Footprint, Place
from joinedup.spreadsheets import actions as spreadsheets
from joinedup.spreadsheets.around import around
from joinedup.spreadsheets.intake.actions import accept
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.preview import preview
from joinedup.support.models import Offer

# The day for which the registers were written.
WRITTEN = datetime.date(2026, 11, 30)
# The order in which a coordinator brings them: who is meant has to be known before what they do.
SHEETS = {
    "partners": "partners", "contacts": "partners", "initiatives": "initiatives", "asks": "asks", "support": "offers",
}  # fmt: skip
STRONGEST = 3
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
# What stands in the registers so that nobody takes it for real; here every page says it once.
_SAID_ON_EVERY_PAGE = re.compile(r" \(demonstration\)|\bInvented (\w)")
_WORDS = {
    "interested": Answer.Word.INTERESTED, "already doing it": Answer.Word.ALREADY, "not us": Answer.Word.NOT_US,
}  # fmt: skip
_SCOPES = {"theme": Answer.Scope.THEME_HERE, "all": Answer.Scope.THEME_EVERYWHERE}


@dataclass
class Register:
    """A register that was brought in: what its ids stand for, and what could not be brought."""

    name: str
    footprint: Footprint
    today: datetime.date
    partners: dict[str, Partner] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        yield from csv.DictReader(io.StringIO(self.text(table)))

    def text(self, table: str) -> str:
        """A file of the register with its dates moved to today, whole weeks so that a Tuesday stays one."""
        text = (TABLES / "registers" / self.name / f"{table}.csv").read_text(encoding="utf-8")
        text = _SAID_ON_EVERY_PAGE.sub(lambda said: (said[1] or "").upper(), text)
        moved = (self.today - WRITTEN).days // 7 * 7
        return _DAY.sub(
            lambda day: str(datetime.date.fromisoformat(day[0]) + datetime.timedelta(moved)), text
        )

    def member(self, partner: Partner) -> Person:
        """The operator speaking for a partner: what a body said itself, none has an account to say."""
        return Person(
            name=partner.name,
            partner_ids=frozenset({partner.pk}),
            footprint_ids=frozenset({self.footprint.pk}),
            is_operator=True,
        )


def bring(by: Person, footprint: Footprint, name: str, today: datetime.date) -> Register:
    """Bring in everything but the answers, as `by`, who coordinates the partnership; guesses stand as they are ticked
    beforehand. What cannot be read is left unknown, and said in `left_out`."""
    register = Register(name, footprint, today)
    for table, kind in SHEETS.items():
        _bring_sheet(by, register, table, kind)
    _link(by, register)
    _confirm(by, register)
    return register


def _bring_sheet(by: Person, register: Register, table: str, kind: str) -> None:
    text = _with_addresses(register) if table == "contacts" else register.text(table)
    if table == "support":
        text = _without_published(text)
    upload = spreadsheets.bring(
        by=by, footprint=register.footprint, kind=kind, content=text.encode(), file_name=f"{table}.csv"
    )
    columns = {"name": 0, "role": 1, "email": 2} if table == "contacts" else upload.mapping
    upload = spreadsheets.choose_columns(by=by, upload=upload, mapping=columns)
    seen = preview(by, upload)
    for line in seen.marked:
        register.left_out.append(f"{table}, row {line.row} ({line.title}): {line.problems[0].sentence}")
    for unread in seen.unread:
        register.left_out.append(f"{table}, {unread.field} “{unread.given}”: {unread.rule}")
    accept(by=by, upload=upload, leave_out=True)
    upload.refresh_from_db()
    _label(upload)
    if table == "partners":
        called = {each.name: each.partner for each in upload.remembered_names.select_related("partner")}
        ids = (row["id"] for row in register.rows("partners"))
        register.partners = {id: called[id.casefold()] for id in ids if id.casefold() in called}


def _label(upload: Upload) -> None:
    """Mark as invented what a sheet made: no action does that, as nothing real becomes invented."""
    records: tuple[type[Record], ...] = (Partner, Initiative, Ask, Offer)
    for model in records:
        made = [pk for label, pk in upload.made if label == model._meta.label]
        model.objects.filter(pk__in=made).update(is_demonstration=True)


def _with_addresses(register: Register) -> str:
    """The contacts with an address each, so that somebody can be asked; a post that is vacant has none."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["partner", "role", "e-mail"])
    for row in register.rows("contacts"):
        partner = register.partners.get(row["partner"])
        address = f"{slugify(row['role'])[:40]}@{partner.slug[:50].strip('-')}.example" if partner else ""
        writer.writerow([row["partner"], row["role"], "" if "vacant" in row["role"] else address])
    return sheet.getvalue()


def _without_published(text: str) -> str:
    """What the register repeats from the published list of support, which ships, is not brought in again."""
    rows = list(csv.DictReader(io.StringIO(text)))
    published = set(Offer.objects.exclude(list_id="").values_list("list_id", flat=True))
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(rows[0]))
    writer.writeheader()
    writer.writerows(row for row in rows if row["id"] not in published)
    return sheet.getvalue()


def _link(by: Person, register: Register) -> None:
    for row in register.rows("links"):
        one, other = (register.partners.get(row[end]) for end in ("partner_a", "partner_b"))
        if one is None or other is None:
            register.left_out.append(
                f"links, {row['partner_a']} with {row['partner_b']}: one of them is not here"
            )
            continue
        since = datetime.date.fromisoformat(row["since"]) if row["since"] else None
        add_link(
            by=by, partner=one, other=other, strength=round(int(row["strength"]) / STRONGEST, 1), since=since
        )
    Link.objects.filter(first__footprints=register.footprint).update(is_demonstration=True)


def _confirm(by: Person, register: Register) -> None:
    """What a body said itself, on the day the register gives; and whom the duty names."""
    for row in register.rows("partners"):
        partner = register.partners.get(row["id"])
        if partner is None:
            continue
        if row["duty"].startswith("specified"):
            change_partner(by=by, partner=partner, is_statutory=True)
        if row["confirmed"]:
            confirm_partner(by=register.member(partner), partner=partner)
            Partner.objects.filter(pk=partner.pk).update(confirmed_on=row["confirmed"])
    led = Initiative.objects.filter(partner__in=register.partners.values()).select_related("partner")
    by_name = {(each.partner_id, each.name): each for each in led}
    for row in register.rows("initiatives"):
        lead = register.partners.get(row["partner"])
        initiative = by_name.get((lead.pk, row["name"])) if lead else None
        if lead is not None and initiative is not None and row["confirmed"]:
            confirm_initiative(by=register.member(lead), initiative=initiative)
            Initiative.objects.filter(pk=initiative.pk).update(confirmed_on=row["confirmed"])


def answers(by: Person, register: Register) -> None:
    """What bodies answered, to the opportunity of that place and theme that names them."""
    known = around(by, register.footprint).places
    for row in register.rows("answers"):
        partner = register.partners.get(row["partner"])
        place = _authority(known.get(row["place"].casefold()), register.footprint)
        found = _answered(register.footprint, partner, place, row["theme"])
        word = next((said for text, said in _WORDS.items() if row["answer"].startswith(text)), None)
        if partner is None or found is None or word is None:
            about = row["theme"] or row["about"]
            register.left_out.append(f"answers, {row['partner']} ({about}): no opportunity names them there")
            continue
        scope = _SCOPES.get(row["scope"], Answer.Scope.THIS)
        given = answer(
            by=register.member(partner), opportunity=found, partner=partner, word=word, scope=scope
        )
        noon = datetime.datetime.fromisoformat(f"{row['date']}T12:00")
        Answer.objects.filter(pk=given.pk).update(at=timezone.make_aware(noon))


def _authority(place: Place | None, footprint: Footprint) -> Place | None:
    own = set(footprint.places.values_list("pk", flat=True))
    while place is not None and place.pk not in own:
        place = place.parent
    return place


def _answered(
    footprint: Footprint, partner: Partner | None, place: Place | None, theme: str
) -> Opportunity | None:
    if partner is None or place is None or not theme:
        return None
    return (
        Opportunity.objects.filter(
            footprint=footprint, audience=Run.Audience.PARTNERSHIP, parties=partner, place=place, theme=theme
        )
        .order_by("-score")
        .first()
    )
