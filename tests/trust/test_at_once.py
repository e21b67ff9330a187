"""Many people at the same moment, through the pages: the last places, one list, one spreadsheet."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from joinedup.accounts.sign_in.code_limits import take_try
from joinedup.events.models import Event
from joinedup.evidence.models import Need
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Opportunity, Run
from joinedup.partners.models import Partner
from joinedup.registration.models import Attendee
from joinedup.spreadsheets import actions as spreadsheets
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.models import Upload
from tests.trust.conftest import Everything
from tests.waiting import HANGS

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS, SIGN_UPS, LEFT = 8, 40, 5


def _together(jobs: Iterable[Callable[[], None]]) -> list[BaseException]:
    """Do every job in a thread of its own, all let go at once; what went wrong in any."""
    wrong: list[BaseException] = []
    work = list(jobs)
    gate = threading.Barrier(len(work))

    def one(job: Callable[[], None]) -> None:
        try:
            gate.wait(timeout=HANGS)
            job()
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(job,)) for job in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_the_last_places_are_given_once(everything: Everything):
    event = everything.event
    taken = event.attendees.filter(standing=Attendee.Standing.PLACED).count()
    Event.objects.filter(pk=event.pk).update(capacity=taken + LEFT)
    answers: Counter[int] = Counter()
    lock = threading.Lock()

    def sign_up(client: int) -> Callable[[], None]:
        def job() -> None:
            # Each from an address of its own, as people are: the limit of one address is not at stake here.
            browser = Client(REMOTE_ADDR=f"10.0.0.{client}")
            for number in range(client, SIGN_UPS, CLIENTS):
                typed = {
                    "part": "guest",
                    "partner": everything.world.lantern.pk,
                    "role": "Worker",
                    "email": f"new{number}@example.org",
                }
                answer = browser.post(f"/events/{event.slug}/register/", typed)
                # And presses the button behind the link in the mail.
                who = Attendee.objects.get(event=event, email=typed["email"])
                browser.post(f"/attending/{who.token}/", {"confirm": "1"})
                with lock:
                    answers[answer.status_code] += 1

        return job

    assert _together(sign_up(client) for client in range(CLIENTS)) == []
    assert answers == {302: SIGN_UPS}
    new = list(event.attendees.filter(email__startswith="new").order_by("number"))
    assert [each.number for each in new] == list(range(taken + 1, taken + 1 + SIGN_UPS))
    # The places go in the order of the answers; whoever waits does so in the order in which they registered.
    assert Counter(each.standing for each in new) == {"placed": LEFT, "waiting": SIGN_UPS - LEFT}


def test_a_list_worked_out_by_several_at_once_is_one_list(everything: Everything):
    world = everything.world
    Need.objects.create(
        place=world.northton, theme_id="school-exclusion", need=0.9, certainty=0.9, people_at_risk=500,
        worked_out_on=timezone.localdate(),
    )  # fmt: skip
    alice = world.person("alice")
    assert _together([lambda: refresh(by=alice, footprint=world.north) and None] * 4) == []
    assert Run.objects.count() == 8
    keys = Opportunity.objects.filter(is_spotted=False).values_list("audience", "key")
    assert len(keys) == len(set(keys)) > 0


def test_a_spreadsheet_is_accepted_once(everything: Everything):
    world, alice = everything.world, everything.world.person("alice")
    text = "Organisation\tSector\nNew House\thealth\nOld House\thealth"
    upload = spreadsheets.bring(
        by=alice, footprint=world.north, kind="partners", text=text, mapping={"name": 0, "sector": 1}
    )

    def accept() -> None:
        intake.accept(by=alice, upload=Upload.objects.get(pk=upload.pk))

    wrong = _together([accept] * 4)
    assert [type(each) for each in wrong] == [ValidationError] * 3
    assert Partner.objects.filter(name__in=["New House", "Old House"]).count() == 2


def test_guesses_at_once_are_as_many_as_they_are(everything: Everything):
    """Three tries for a code: of nine guesses at the same moment six are not looked at, and then nor is the right
    one."""
    cache.clear()
    browser = Client()
    browser.post("/account/login/", {"email": "bob@example.org"})
    found = re.search(r"\b\d{4}-\d{4}\b", str(mail.outbox[-1].body))
    assert found
    key, answers, lock = browser.cookies["sessionid"].value, Counter[str](), threading.Lock()

    def guess(code: str) -> Callable[[], None]:
        def job() -> None:
            one = Client()
            one.cookies["sessionid"] = key
            answer = one.post("/account/login/code/", {"code": code})
            with lock:
                answers["looked at" if b"not the code that we sent" in answer.content else "refused"] += 1

        return job

    assert _together(guess(f"0000-000{number}") for number in range(9)) == []
    # The third wrong guess is looked at too, and then answers as every refusal.
    assert answers["looked at"] <= 3
    assert sum(answers.values()) == 9
    browser.post("/account/login/code/", {"code": found[0]})
    assert browser.get("/work/").status_code == 302, "the fourth try is refused even if it is right"


def test_of_guesses_at_once_none_is_a_fourth_try(db: None):
    cache.clear()
    taken: list[bool] = []
    assert _together([lambda: taken.append(take_try("at-once"))] * 12) == []
    assert sorted(taken) == [False] * 9 + [True] * 3
