"""The short survey: asked twice, kept without names, shown as shares of five or more."""

import csv
import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.actions.survey import answer_survey
from joinedup.registration.models import Attendee, SurveyAnswer
from joinedup.registration.queries.survey import FEWEST, SURVEY_HEADER, survey_results
from joinedup.registration.survey import STATEMENTS, moment_of, pair_of, survey_link
from tests.world import World

YES, NO = dict.fromkeys(STATEMENTS, 4), dict.fromkeys(STATEMENTS, 3)


def later(event: Event) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=31)


def said(event: Event, moment: str, pairs: str, answers: dict[str, int]) -> None:
    for pair in pairs:
        SurveyAnswer.objects.create(
            event=event, moment=moment, pair=pair.strip(), answers=answers, on=timezone.localdate()
        )


def test_before_until_the_day_starts_and_after_from_then_on(event: Event):
    day = datetime.datetime.combine(event.date, datetime.time(9, 29), timezone.get_current_timezone())
    assert moment_of(event, day) == "before"
    assert moment_of(event, day + datetime.timedelta(minutes=1)) == "after"
    event.starts = None
    assert moment_of(event, day) == "after"
    for name, value in (("cancelled_on", event.date), ("personal_deleted_on", event.date), ("date", None)):
        setattr(event, name, value)
        assert moment_of(event, day) == ""
        setattr(event, name, None)


def test_one_answer_a_person_and_moment_without_who_it_was(event: Event, world: World, come):
    attendee = come(event, world.lantern, email="known@example.org")
    bob = world.person("bob")
    for answers in (YES, {"next": 1}):
        answer_survey(by=bob, attendee=attendee, answers=answers)
    answer_survey(by=bob, attendee=attendee, answers=YES, now=later(event))
    before, after = SurveyAnswer.objects.order_by("moment").reverse()
    assert (before.moment, before.answers, after.moment) == ("before", {"next": 1}, "after")
    assert before.pair == after.pair == pair_of(attendee)
    assert str(attendee.pk) != before.pair
    for entry in AuditEntry.objects.filter(action="survey.answer"):
        assert (entry.by, entry.user_id, entry.record) == ("the public", None, "events.event")
        assert set(entry.after) == {"moment"}


def test_the_key_of_the_installation_hides_who_answered(event: Event, world: World, come, settings):
    attendee = come(event, world.lantern)
    one = pair_of(attendee)
    settings.SECRET_KEY = "another key for this test"
    assert pair_of(attendee) != one


@pytest.mark.parametrize("answers", [{}, {"next": 6}, {"next": 0}, {"x": 3}])
def test_bad_answers_are_not_kept(event: Event, world: World, come, answers: dict[str, int]):
    with pytest.raises(ValidationError):
        answer_survey(by=world.person("nobody"), attendee=come(event, world.lantern), answers=answers)
    assert not SurveyAnswer.objects.exists()


def test_young_people_and_who_cancelled_are_not_asked(event: Event, world: World, come, as_):
    adult = come(event, world.lantern, young_names=["Kit"])
    young, gone = adult.with_them.get(), come(event, world.school)
    cancel_registration(by=world.person("nobody"), attendee=gone)
    gone.refresh_from_db()
    assert survey_link(adult).endswith(f"/attending/{adult.token}/survey/")
    for attendee in (young, gone):
        assert survey_link(attendee) == ""
        with pytest.raises(ValidationError, match="not open"):
            answer_survey(by=world.person("nobody"), attendee=attendee, answers=YES)
        page = as_("nobody").get(f"/attending/{attendee.token}/survey/").content.decode()
        assert 'type="radio"' not in page


def test_answering_in_the_browser(event: Event, world: World, come, as_):
    attendee = come(event, world.lantern, name="Secret Name")
    nobody, path = as_("nobody"), f"/attending/{attendee.token}/survey/"
    page = nobody.get(path).content.decode()
    assert "Before the day" in page
    assert page.count('type="radio"') == 5 * len(STATEMENTS)
    assert "Secret Name" not in page
    assert "Answer at least one" in nobody.post(path, {}).content.decode()
    assert nobody.post(path, {"next": "9"}).status_code == 200
    assert nobody.post(path, {"next": "5", "strategy": "2"}).status_code == 302
    assert SurveyAnswer.objects.get().answers == {"strategy": 2, "next": 5}
    assert "checked" not in nobody.get(path).content.decode(), "a link that is passed on tells no answer"
    assert nobody.get("/attending/wrong/survey/").status_code == 404
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=1))
    assert "After the day" in nobody.get(path).content.decode()


def test_fewer_than_five_answers_show_nothing(event: Event):
    said(event, "before", "abcd", YES)
    results = survey_results(event)
    assert (results.before, results.is_empty) == (None, True)
    assert {(each.before.n, each.before.agree, each.words) for each in results.statements} == {
        (None, None, "too few to say")
    }
    said(event, "before", "e", {"next": 5})
    results = survey_results(event)
    assert results.before == FEWEST
    assert [each.before.n for each in results.statements] == [None] * 5 + [5], "four answered the others"


def test_who_answered_both_times_is_compared_with_themselves(event: Event):
    said(event, "before", "abcdefg", NO)
    said(event, "before", "hij", YES)
    said(event, "after", "abcdefghi", YES)
    last = survey_results(event).statements[-1]
    assert (last.before.agree, last.after.agree, last.paired) == (0.3, 1.0, 9)
    assert last.change is not None
    assert last.change.value == pytest.approx(7 / 9)
    assert last.change.low < 7 / 9 < last.change.high
    assert last.words.startswith("+78 points (95% interval +")
    assert "chance" not in last.words


def test_without_pairs_everybody_is_compared_with_a_caveat(event: Event):
    said(event, "before", "abcdef", NO)
    said(event, "after", "abcdwxyz", YES)
    results = survey_results(event)
    assert (results.has_unpaired, results.statements[0].paired) == (True, 0)
    assert results.statements[0].change.value == 1.0
    said(event, "after", "e", YES)
    assert survey_results(event).statements[0].paired == 5
    # Deleting the personal details takes the pairs away, not the answers.
    SurveyAnswer.objects.update(pair="")
    gone = survey_results(event)
    assert (gone.before, gone.after, gone.statements[0].paired) == (6, 9, 0)


def test_a_change_that_may_be_chance_says_so(event: Event):
    said(event, "before", "abcde", NO)
    said(event, "after", "a", YES)
    said(event, "after", "bcde", NO)
    assert "may be chance" in survey_results(event).statements[0].words


def test_results_are_for_those_who_plan_until_they_are_published(
    event: Event, as_, django_assert_num_queries
):
    said(event, "before", "abcde", YES)
    path, table = f"/events/{event.slug}/survey/", f"/events/{event.slug}/survey.csv"
    assert "100%" in as_("alice").get(path).content.decode()
    for who in ("nobody", "bob", "charlie"):
        assert as_(who).get(path).status_code == 404
        assert as_(who).get(table).status_code == 404
    Event.objects.update(results_published_on=timezone.localdate())
    page = as_("nobody").get(path).content.decode()
    assert "100%" in page
    assert "Planning this event" not in page
    rows = list(csv.reader(io.StringIO(as_("nobody").get(table).content.decode("utf-8-sig"))))
    assert rows[0] == SURVEY_HEADER
    assert rows[1][1:6] == ["5", "100", "", "", ""], "not known is empty, never zero"
    with django_assert_num_queries(1):
        survey_results(event)


def test_an_empty_survey_says_what_happens_next(event: Event, as_):
    page = as_("alice").get(f"/events/{event.slug}/survey/").content.decode()
    assert "Fewer than five people have answered so far" in page
    assert not Attendee.objects.exists()
