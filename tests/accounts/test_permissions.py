"""The whole permission table: every action × every kind of person, written out once more by hand.

A change of the table has to be made here too, on purpose.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from joinedup.accounts.permissions import PERMISSIONS, Scope, may, require
from joinedup.accounts.person import PUBLIC, Person

SOURCE = Path(__file__).resolve().parents[2] / "src" / "joinedup"

# The record belongs to partner 1 in footprint 10; partner 2 and footprint 20 are somebody else's.
RECORD = Scope(partners=frozenset({1}), footprints=frozenset({10}))


def member(partner: int) -> Person:
    return Person(
        user_id=5,
        partner_ids=frozenset({partner}),
        footprint_ids=frozenset({10}),
        roles=frozenset({"partner_member"}),
    )


def coordinator(footprint: int) -> Person:
    return Person(
        user_id=6,
        footprint_ids=frozenset({footprint}),
        coordinated_ids=frozenset({footprint}),
        roles=frozenset({"coordinator"}),
    )


PEOPLE = {
    "public": PUBLIC,
    "signed in": Person(user_id=4),
    "own partner": member(1),
    "other partner": member(2),
    "own coordinator": coordinator(10),
    "other coordinator": coordinator(20),
    "lead": Person(user_id=7, roles=frozenset({"programme_lead"})),
    "administrator": Person(user_id=8, roles=frozenset({"administrator"})),
}

# One letter a person, in the order of PEOPLE: y may, - may not. In pairs: public and signed in; member of the
# record's own partner and of another; coordinator of its own footprint and of another; lead and administrator.
MATRIX = {
    "footprint.create": "-- -- -- yy",
    "footprint.change": "-- -- y- yy",
    "place.succeed": "-- -- y- -y",
    "installation.change": "-- -- -- -y",
    "account.change": "-y yy yy yy",
    "account.close": "-- -- y- -y",
    "account.erase": "-- -- -- -y",
    "account.reset_factor": "-- -- -- -y",
    "account.give_data": "-- -- -- -y",
    "account.invite": "-- -- y- -y",
    "role.grant": "-- -- -- -y",
    "role.take_away": "-- -- y- -y",
    "dataset.import": "-- -- -- -y",
    "dataset.withdraw": "-- -- -- -y",
    "partner.add": "-- -- y- --",
    "partner.change": "-- y- y- --",
    "partner.confirm": "-- y- y- --",
    "partner.succeed": "-- -- y- -y",
    "partner.merge": "-- -- y- -y",
    "link.add": "-- y- y- --",
    "ask.add": "-- y- y- --",
    "ask.change": "-- y- y- --",
    "initiative.add": "-- y- y- --",
    "initiative.change": "-- y- y- --",
    "initiative.confirm": "-- y- y- --",
    "offer.add": "-- -- y- yy",
    "offer.change": "-- y- y- yy",
    "offer.confirm": "-- y- y- yy",
    "offer.reopen": "-- y- y- yy",
    "offer.not_for_us": "-- y- -- --",
    "offer.bring_list": "-- -- y- yy",
    "offer.correct": "-- yy yy yy",
    "commitment.update": "-- -- -- yy",
    "commitment.evidence": "-- -- y- --",
    "cluster.scan": "-- -- y- -y",
    "cluster.settle": "-- y- y- --",
    "cluster.follow": "-- y- y- y-",
    "opportunity.spot": "-y yy yy yy",
    "opportunity.answer": "-- y- -- --",
    "opportunity.take_up": "-- -- y- --",
    "opportunity.dismiss": "-- -- y- --",
    "opportunity.snooze": "-- -- y- --",
    "opportunity.assign": "-- -- y- --",
    "opportunity.ask": "-- -- y- --",
    "opportunity.choose": "-- -- y- --",
    "opportunity.weigh": "-- -- y- --",
    "opportunity.publish": "-- -- y- --",
    "opportunity.refresh": "-- -- y- -y",
    "programme.plan": "-- -- -- y-",
    "venue.keep": "-- -- y- y-",
    "event.add": "-- -- y- y-",
    "event.change": "-- -- y- y-",
    "event.invite": "-- -- y- y-",
    "event.plan": "-- -- y- y-",
    "event.see_attendees": "-- -- y- y-",
    "event.check_in": "-- -- y- y-",
    "event.vouch": "-- -- y- y-",
    "event.announce": "-- -- y- y-",
    "event.publish": "-- -- y- y-",
    "survey.answer": "yy yy yy yy",
    "topic.choose": "-- -- y- y-",
    "topic.propose": "-- y- y- y-",
    "event.register": "yy yy yy yy",
    "agreement.record": "-- y- y- y-",
    "agreement.change": "-- y- y- y-",
    "agreement.start": "-- y- y- y-",
    "agreement.report": "-- y- y- y-",
    "agreement.chase": "-- -- y- y-",
    "agreement.answer": "-- y- -- --",
    "agreement.confirm": "-- -- y- y-",
    "agreement.take_over": "-- y- y- y-",
    "agreement.mark": "yy yy yy yy",
    "response.write": "-- -- y- y-",
    "response.answer": "-- y- -- --",
    "visit.keep": "-- -- y- y-",
    "practice.add": "-- y- y- y-",
    "practice.change": "-- y- y- y-",
    "conversation.open": "-- -- y- y-",
    "contribution.give": "yy yy yy yy",
    "contribution.moderate": "-- -- y- --",
    "contribution.make_topic": "-- -- y- y-",
    "contribution.reply": "-- -- y- --",
    "mail.settle": "-- -- y- -y",
    "spreadsheet.bring": "-- -- y- --",
    "spreadsheet.undo": "-- -- y- --",
}


def every_case() -> Iterator[tuple[str, str, bool]]:
    for action, letters in MATRIX.items():
        for who, letter in zip(PEOPLE, letters.replace(" ", ""), strict=True):
            yield action, who, letter == "y"


def test_every_action_of_the_table_is_written_out_here() -> None:
    assert set(PERMISSIONS) == set(MATRIX)


@pytest.mark.parametrize(("action", "who", "allowed"), list(every_case()))
def test_may_and_require_follow_the_matrix(action: str, who: str, allowed: bool) -> None:
    person = PEOPLE[who]
    assert may(person, action, on=RECORD) is allowed
    if allowed:
        require(person, action, on=RECORD)
    else:
        with pytest.raises(PermissionDenied):
            require(person, action, on=RECORD)


@pytest.mark.parametrize("action", list(MATRIX))
def test_the_operator_at_the_console_may_do_everything(action: str) -> None:
    assert may(Person.operator(), action, on=RECORD)


def test_two_roles_do_not_lend_each_other_their_scope() -> None:
    both = Person(
        user_id=9,
        partner_ids=frozenset({2}),
        footprint_ids=frozenset({10, 20}),
        coordinated_ids=frozenset({20}),
        roles=frozenset({"partner_member", "coordinator"}),
    )
    assert not may(both, "partner.change", on=RECORD)
    assert may(both, "partner.change", on=Scope(partners=frozenset({2})))
    assert may(both, "partner.change", on=Scope(footprints=frozenset({20})))


def test_a_record_that_belongs_to_nobody_is_nobodys_to_change() -> None:
    assert not may(PEOPLE["own partner"], "partner.change", on=Scope())
    assert not may(PEOPLE["own coordinator"], "partner.change", on=Scope())


def test_a_participant_writes_at_the_table_they_lead_and_nowhere_else() -> None:
    there = Scope(frozenset({1}), frozenset({10}), frozenset({7}))
    leads, elsewhere = Person.participant(7, "who leads"), Person.participant(8, "somebody else")
    assert may(leads, "agreement.record", on=there)
    assert not may(elsewhere, "agreement.record", on=there)
    assert not may(leads, "agreement.record", on=RECORD)
    assert not may(leads, "agreement.record")
    others = [
        action for action, letters in MATRIX.items() if letters[0] == "-" and action != "agreement.record"
    ]
    assert [action for action in others if may(leads, action, on=there)] == []


def actions_asked_for() -> dict[str, set[str]]:
    """Every action name that Python asks `may` or `require` for, with the files; and those of templates."""
    asked: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            asks = {"may": 1, "require": 1, "planned_event": 2}.get(
                getattr(getattr(node, "func", None), "id", "")
            )
            if isinstance(node, ast.Call) and asks is not None:
                for text in ast.walk(node.args[asks]) if len(node.args) > asks else ():
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        asked.setdefault(text.value, set()).add(str(path.relative_to(SOURCE)))
    for path in SOURCE.rglob("*.jinja"):
        for name in re.findall(r"\bmay\(\s*'([a-z_.]+)'", path.read_text(encoding="utf-8")):
            asked.setdefault(name, set()).add(str(path.relative_to(SOURCE)))
    return asked


def test_every_action_that_the_source_asks_for_is_in_the_table() -> None:
    asked = actions_asked_for()
    assert {name: files for name, files in asked.items() if name not in PERMISSIONS} == {}
    assert "account.invite" in asked, "the walk finds nothing"


def test_every_action_of_the_table_is_asked_for_somewhere() -> None:
    guarded = {
        name for name, files in actions_asked_for().items() if any(file.endswith(".py") for file in files)
    }
    assert sorted(set(PERMISSIONS) - guarded) == []
