"""Every small case of "can I use this?"."""

import datetime
from itertools import product

import pytest

from joinedup.support.eligibility import EligibilityAnswer, Terms, answer

TODAY = datetime.date(2026, 11, 23)
DAY = datetime.timedelta(days=1)
VCS, POLICE = {"vcs": "Voluntary sector"}, {"police": "Police"}
NORTH, THEME = {"E09000991": "Northton"}, {"trusted-adult": "A trusted adult"}
ALL_TOLD = ("vcs", {"E09000991", "E12000099"}, "trusted-adult", TODAY)


UNKNOWN = "Who may use it is not known here: ask the publisher."


def test_blank_refuses_nobody_and_promises_nothing() -> None:
    for sector, places, theme in product((None, "vcs"), ((), {"E09000991"}), (None, "trusted-adult")):
        assert answer(Terms(), sector, places, theme, TODAY) == EligibilityAnswer("maybe", UNKNOWN)


@pytest.mark.parametrize("who", ["Duty holders", "Authorised analysts in public bodies only."])
def test_what_the_publisher_says_in_words_is_quoted_and_never_a_plain_yes(who: str) -> None:
    said = f"Its publisher says for whom it is: “{who.rstrip('.')}”."
    assert answer(Terms(who=who), *ALL_TOLD) == EligibilityAnswer("maybe", said)
    by_reading = f"{said} By our reading your sector is among them."
    assert answer(Terms(who=who, sectors=VCS), *ALL_TOLD) == EligibilityAnswer("maybe", by_reading)
    assert answer(Terms(who=who, sectors=POLICE), *ALL_TOLD).word == "no"


@pytest.mark.parametrize(
    ("terms", "word", "sentence"),
    [
        (Terms(sectors=VCS, places=NORTH, themes=THEME), "yes", "You may use this."),
        (Terms(places={"E12000099": "Testland"}), "maybe", UNKNOWN),
        (Terms(sectors=VCS, places={"E12000099": "Testland"}), "yes", "You may use this."),
        (Terms(sectors=POLICE), "no", "It is for other sectors: Police."),
        (Terms(places={"E09000993": "Southton"}), "no", "It is for other places: Southton."),
        (
            Terms(themes={"a": "A", "b": "B", "c": "C"}),
            "no",
            "It is for other themes: A, B and C.",
        ),
        (Terms(via_sectors=POLICE, lead_only=True), "via", "Not directly: apply through Police."),
        (
            Terms(sectors=VCS, via_sectors=POLICE, lead_only=True),
            "via",
            "Not directly: apply through Police.",
        ),
        (
            Terms(sectors=VCS, via_sectors=POLICE),
            "yes",
            "You may use this. You may also come in through Police.",
        ),
        (Terms(via_sectors=POLICE), "maybe", f"{UNKNOWN} You may also come in through Police."),
        (
            Terms(sectors=VCS, via_sectors={"police": "Police", "csp": "Safety partnership"}, lead_only=True),
            "via",
            "Not directly: apply through Police or Safety partnership.",
        ),
        (Terms(sectors=POLICE, via_sectors=POLICE), "no", "It is for other sectors: Police."),
        (Terms(sectors=VCS, via_sectors=VCS), "yes", "You may apply, also on behalf of others."),
        (Terms(sectors=POLICE, via_sectors=VCS), "yes", "You may apply, also on behalf of: Police."),
        (Terms(closes=TODAY - DAY), "no", "It closed on 22 November 2026."),
        (Terms(sectors=VCS, closes=TODAY), "yes", "You may use this."),
        (Terms(sectors=VCS, opens=TODAY), "yes", "You may use this."),
        (Terms(opens=TODAY + DAY), "no", "It is not open yet: it opens on 24 November 2026."),
        (Terms(is_history=True), "no", "It is closed or decided, and kept as history."),
        (Terms(is_history=True, closes=TODAY - DAY), "no", "It closed on 22 November 2026."),
    ],
)
def test_when_all_is_told(terms: Terms, word: str, sentence: str) -> None:
    assert answer(terms, *ALL_TOLD) == EligibilityAnswer(word, sentence)  # type: ignore[arg-type]


@pytest.mark.parametrize("sector_given", [{}, VCS, POLICE])
def test_who_may_not_apply_by_the_publishers_words_is_never_told_perhaps(
    sector_given: dict[str, str],
) -> None:
    words = "Police forces; charities may be named as delivery partner but may not apply."
    quoted = f"“{words.rstrip('.')}”."
    partner = Terms(who=words, sectors=sector_given, partners=frozenset({"vcs"}), themes=THEME)
    for told in (ALL_TOLD, ("vcs", (), None, TODAY)):
        said = answer(partner, *told)
        assert (said.word, said.sentence) == ("via", f"Not on your own. Its publisher says: {quoted}")
    barred = Terms(who=words, sectors=sector_given, barred=frozenset({"vcs"}), themes=THEME)
    said = answer(barred, "vcs", (), None, TODAY)
    assert (said.word, said.sentence) == ("no", f"Your sector may not apply. Its publisher says: {quoted}")


RESTRICTED = Terms(sectors=VCS, places=NORTH, themes=THEME)


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ((None, (), None), ("which sector you are", "where you work", "which theme")),
        (("vcs", (), None), ("where you work", "which theme")),
        ((None, {"E09000991"}, None), ("which sector you are", "which theme")),
        ((None, (), "trusted-adult"), ("which sector you are", "where you work")),
        (("vcs", {"E09000991"}, None), ("which theme",)),
        (("vcs", (), "trusted-adult"), ("where you work",)),
        ((None, {"E09000991"}, "trusted-adult"), ("which sector you are",)),
    ],
)
def test_what_is_missing_is_named(
    told: tuple[str | None, set[str], str | None], missing: tuple[str, ...]
) -> None:
    said = answer(RESTRICTED, *told, TODAY)
    assert (said.word, said.missing) == ("ask", missing)
    assert all(each in said.sentence for each in missing)


def test_through_whom_needs_the_sector_even_when_any_sector_may() -> None:
    assert answer(Terms(via_sectors=POLICE), None, (), None, TODAY).missing == ("which sector you are",)


@pytest.mark.parametrize(
    "told", [("police", (), None), (None, {"E09000993"}, None), (None, (), "school-exclusion")]
)
def test_a_certain_no_comes_before_a_question(told: tuple[str | None, set[str], str | None]) -> None:
    assert answer(RESTRICTED, *told, TODAY).word == "no"


def test_every_answer_of_every_small_case_is_one_of_five_words_with_a_sentence() -> None:
    choices = ({}, VCS, POLICE, {**VCS, **POLICE})
    for sectors, via, lead_only, places, themes in product(
        choices, choices, (False, True), ({}, NORTH), ({}, THEME)
    ):
        terms = Terms(sectors=sectors, via_sectors=via, lead_only=lead_only, places=places, themes=themes)
        for sector, place, theme in product(
            (None, "vcs", "police", "fire"), ((), {"E09000991"}, {"X"}), (None, "trusted-adult", "x")
        ):
            said = answer(terms, sector, place, theme, TODAY)
            slow = _slow(terms, sector, place, theme)
            assert (said.word, bool(said.sentence), bool(said.missing)) == (slow, True, slow == "ask")


def _slow(terms: Terms, sector: str | None, place: set[str], theme: str | None) -> str:
    """The obvious twin: a table of three-valued tests."""
    may_sector = not terms.sectors or sector in terms.sectors or sector in terms.via_sectors
    fits = [
        None if sector is None and (terms.sectors or terms.via_sectors) else may_sector,
        None if not place and terms.places else not terms.places or bool(place & terms.places.keys()),
        None if theme is None and terms.themes else not terms.themes or theme in terms.themes,
    ]
    if False in fits:
        return "no"
    if None in fits:
        return "ask"
    if terms.via_sectors and (sector in terms.via_sectors or terms.lead_only):
        return "yes" if sector in terms.via_sectors else "via"
    return "yes" if terms.sectors else "maybe"
