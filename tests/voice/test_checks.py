"""What could point to somebody is found; ordinary words are let through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joinedup.voice.checks import findings


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("write to kid@example.org please", "an e-mail address"),
        ("ring 07700 900123", "a phone number"),
        ("ring +44 7700 900 123", "a phone number"),
        ("ring 020 7946 0018", "a phone number"),
        ("ring (0161) 496-0123", "a phone number"),
        ("follow @some_one", "a name on social media"),
        ("Snap: kid99", "a name on social media"),
        ("my insta is kid_99", "a name on social media"),
        ("I live at SE1 9RT", "a postcode"),
        ("near m1 1ae", "a postcode"),
        ("see https://example.org", "a web address"),
        ("see www.example.org", "a web address"),
        # Boxes about organisations refused these, and questions to young people did not.
        ("I was born on 12 March 2009", "a date of birth"),
        ("my DOB is 12/03/2009", "a date of birth"),
        ("my NHS number is 943 476 5919", "a number that stands for a person"),
        ("AB 12 34 56 C is my NI", "a number that stands for a person"),
        ("\uff10\uff17\uff17\uff10\uff10 900123", "a phone number"),
    ],
)
def test_ways_to_reach_somebody_are_refused(text: str, named: str) -> None:
    first = findings(text)[0]
    assert first.certain
    assert named in first.sentence


def test_one_sentence_names_each_once() -> None:
    found = findings("943 476 5919 and AB 12 34 56 C, not 7700 900123")
    assert "take out a phone number and a number that stands for a person, so" in found[0].sentence


def test_one_sentence_names_all_of_them() -> None:
    found = findings("kid@example.org or 07700 900123")
    assert [f.kind for f in found] == ["reach"]
    assert "an e-mail address and a phone number" in found[0].sentence


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a boy called Jordan", "name"),
        ("my friend Aisha knows", "name"),
        ("Mr Smith shouts", "name"),
        ("we told Sam Green about it", "name"),
        ("behind Mill Road after dark", "place"),
        ("at Hilltop School", "place"),
    ],
)
def test_what_may_be_a_name_or_a_place_is_asked_about(text: str, kind: str) -> None:
    assert [(f.kind, f.certain) for f in findings(text)] == [(kind, False)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "More lights at the bus stop.",
        "I am 14. Year 9 has 30 people in a class at 3pm.",
        "Open until 10 pm on Friday and Saturday. It costs £5.",
        "In London buses are late. On Monday I walk.",
        "instagram is where it starts, snap too",
        "Y9 5pm detention, u18 only",
        "my friend is scared and my brother was too",
        "Somebody who listens. Not the police.",
        "1,000,000 people; 2024 was worse than 2023.",
        "I was born 14 years ago, born and bred here.",
    ],
)
def test_ordinary_words_pass(text: str) -> None:
    assert findings(text) == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_answered_with_at_most_one_of_each(text: str) -> None:
    kinds = [f.kind for f in findings(text)]
    assert len(kinds) == len(set(kinds))


@given(st.text(alphabet="0123456789 ", max_size=20))
def test_a_phone_number_is_found_wherever_it_stands(around: str) -> None:
    assert findings(f"{around.strip()} call 07700900123 now")[0].kind == "reach"
