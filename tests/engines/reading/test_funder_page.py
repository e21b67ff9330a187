"""A funder's page: what is proposed, from which words, with which doubt."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from joinedup.engines.reading.funder_page import MOST, Proposal, read_page
from joinedup.engines.reading.page_text import is_markup, page_text, repaired

AS_OF = datetime.date(2026, 11, 30)
THEMES = pl.DataFrame(
    {
        "theme": ["trusted-adult", "weapon-carrying", "school-exclusion"],
        "name": ["Mentoring and a trusted adult", "Weapon carrying", "Suspension, exclusion, managed moves"],
    }
)
SECTORS = pl.DataFrame(
    {
        "sector": ["police", "education", "local_authority", "vcs", "local_policing_body"],
        "name": ["Police", "Education", "Local authority", "Voluntary", "Police and crime commissioner"],
    }
)
PLACES = pl.DataFrame(
    {
        "code": ["E09000991", "E09000992", "E12000099", "E92000001"],
        "name": ["Northton", "Eastton", "Testland", "England"],
        "kind": ["local_authority", "local_authority", "region", "country"],
        "parent": ["E12000099", "E12000099", "E92000001", None],
    }
)


def read(text: str, title: str = "", as_of: datetime.date = AS_OF) -> dict[str, Proposal]:
    return read_page(text, title=title, places=PLACES, themes=THEMES, sectors=SECTORS, as_of=as_of)


def values(found: dict[str, Proposal]) -> dict[str, Any]:
    return {name: each.value for name, each in found.items()}


WHOLE = """Safer Streets Youth Grants
Harbour Foundation is inviting applications to its Safer Streets Youth Grants.
About the fund
The fund supports mentoring projects that keep young people away from knife crime.
How much can you apply for?
Grants of between £5,000 and £20,000 are available. The total fund is £250,000 and we expect around 15 awards.
Who can apply?
Registered charities and community groups based in Northton and Eastton with an annual income below £250,000.
What we won't fund
Projects in Southton. Capital costs over £1,000. Applications close when they like on 1 May 2029.
Key dates
Opens: 1 December 2026
Deadline: Tuesday 12 January 2027 at noon
Decisions will be announced on 28 February 2027.
"""


def test_a_whole_page() -> None:
    found = read(WHOLE)
    assert values(found) == {
        "name": "Safer Streets Youth Grants",
        "provider": "Harbour Foundation",
        "purpose": "The fund supports mentoring projects that keep young people away from knife crime.",
        "kind": "fund",
        "closes": datetime.date(2027, 1, 12),
        "opens": datetime.date(2026, 12, 1),
        "basis": "dated",
        "amount_max_gbp": 20_000,
        "amount": "£5,000 to £20,000",
        "amount_programme": 250_000,
        "awards": "around 15 awards",
        "who_may_use": (
            "Registered charities and community groups based in Northton and Eastton with an annual income below "
            "£250,000."
        ),
        "sectors": ["vcs"],
        "themes": ["trusted-adult", "weapon-carrying"],
        "places": ["E09000991", "E09000992"],
        "area": "Northton and Eastton",
    }
    assert found["closes"].words == "Deadline: Tuesday 12 January 2027 at noon"
    assert all(each.words and each.words.split(": ")[-1][:40] in WHOLE for each in found.values())
    assert {name: each.doubt for name, each in found.items() if each.doubt} == {}


@pytest.mark.parametrize(
    ("words", "day", "doubt"),
    [
        ("The deadline is 5pm on Friday 15th of January 2027.", (2027, 1, 15), ""),
        ("Applications close on January 15, 2027.", (2027, 1, 15), ""),
        ("Closing date: 2027-01-15", (2027, 1, 15), ""),
        ("15 January 2027 is the deadline.", (2027, 1, 15), ""),
        ("Apply by 03/04/2027.", (2027, 4, 3), "read the British way, as 3 April 2027"),
        ("Apply by 15 January.", (2027, 1, 15), "no year: is it 2027?"),
        ("Apply by 15 December.", (2026, 12, 15), "no year: is it 2026?"),
        ("The fund closes in March 2027.", (2027, 3, 31), "a month and no day"),
        ("The deadline is Monday 15 January 2027.", (2027, 1, 15), "15 January 2027 is a Friday"),
        ("The deadline is 31 September 2027.", None, "is not a day that there is"),
        ("The deadline is 25/13/2027.", None, "is not a day that there is"),
        ("The fund closed on 3 May 2025.", (2025, 5, 3), "that day is over"),
        (
            "Round one closes 5 January 2027. Round two closes 5 May 2027.",
            (2027, 1, 5),
            "other closing days too: 5 May 2027",
        ),
        ("The application window is 1 to 30 March 2027.", (2027, 3, 30), ""),
        ("Open from 1 December 2026 until 15 January 2027.", (2027, 1, 15), ""),
    ],
)  # fmt: skip
def test_closing_days_and_their_doubts(words: str, day: tuple[int, int, int] | None, doubt: str) -> None:
    found = read(f"A fund for clubs\n{words}")["closes"]
    assert found.value == (datetime.date(*day) if day else None)
    assert doubt in found.doubt
    assert bool(found.doubt) == bool(doubt)


@pytest.mark.parametrize(
    "words",
    [
        "Decisions will be announced by 5 May 2027.",
        "Projects must start on 5 May 2027.",
        "Page last updated 5 May 2027.",
        "A webinar is held on 5 May 2027.",
        "Founded in 1999.",
    ],
)
def test_other_days_are_no_closing_days(words: str) -> None:
    assert "closes" not in read(f"A fund for clubs\n{words}")


@pytest.mark.parametrize(
    ("words", "basis", "doubt"),
    [
        ("Applications are considered at any time; there is no deadline.", "rolling", ""),
        ("This fund is now closed.", "closed", ""),
        ("This fund is now closed. The next deadline is 5 May 2027.", "closed", "a closing day to come"),
        ("The deadline was 5 May 2025.", "closed", "its closing day is over"),
        ("Apply by 5 May 2027.", "dated", ""),
        ("Rolling until the deadline of 5 May 2027.", "dated", "open all the time"),
        ("By invitation only.", "closed", "only those who are invited"),
        ("We like youth work.", None, ""),
    ],
)
def test_how_it_can_be_had(words: str, basis: str | None, doubt: str) -> None:
    found = read(f"A grant for clubs\n{words}").get("basis", Proposal(None, ""))
    assert found.value == basis
    assert doubt in found.doubt


@pytest.mark.parametrize(
    ("words", "most", "whole"),
    [
        ("Up to £5,000 each.", 5_000, None),
        ("The maximum grant is £12,500.", 12_500, None),
        ("Grants from £300 to £10k.", 10_000, None),
        ("A total of £1.2 million is shared.", None, 1_200_000),
        ("The £2 million fund gives up to £50,000 to each.", 50_000, 2_000_000),
        ("For groups with an income of up to £100,000.", None, None),
        ("Last year we gave £600,000.", None, None),
    ],
)
def test_one_award_is_told_from_the_whole(words: str, most: int | None, whole: int | None) -> None:
    found = values(read(f"A fund for clubs\n{words}"))
    assert (found.get("amount_max_gbp"), found.get("amount_programme")) == (most, whole)


@pytest.mark.parametrize(
    ("words", "sectors", "via", "lead_only"),
    [
        ("Who can apply\nSchools and colleges.", ["education"], None, None),
        (
            "Eligibility: Councils as lead, with charities through the bid",
            ["local_authority"],
            ["local_authority"],
            True,
        ),
        ("Lead applicants must be schools. Charities may be named as partners.", ["education"], ["education"], True),
        ("Charities can apply. Schools may not apply.", ["vcs"], None, None),
        ("We like youth work.", None, None, None),
    ],
)  # fmt: skip
def test_who_may_apply_by_the_words(words: str, sectors: Any, via: Any, lead_only: Any) -> None:
    found = values(read(f"A fund for clubs\n{words}"))
    assert (found.get("sectors"), found.get("via_sectors"), found.get("lead_only")) == (
        sectors,
        via,
        lead_only,
    )


@pytest.mark.parametrize(
    ("words", "codes", "area"),
    [
        ("Open to charities across Testland.", ["E12000099"], "Testland"),
        ("Where: Northton", ["E09000991"], "Northton"),
        ("Open to charities in the UK.", None, "UK"),
        ("Area of benefit: Farshire", None, "Farshire"),
        ("Charities can apply.", None, None),
    ],
)
def test_where(words: str, codes: list[str] | None, area: str | None) -> None:
    found = read(f"A fund for clubs\n{words}")
    assert (values(found).get("places"), values(found).get("area")) == (codes, area)
    if area == "Farshire":
        assert "no place of that name is held here" in found["places"].doubt


def test_the_words_of_a_web_page() -> None:
    title, text = page_text(
        "<html><head><title>Club Fund | City Trust</title><script>var a = '<p>Deadline 1 May 2030</p>'</script></head>"
        "<body><nav>Deadline: 1 June 2030</nav><!-- Deadline: 1 July 2030 --><form><h1>Club&nbsp;Fund</h1>"
        "<p>Up to &pound;900\nfor clubs</p><dl><dt>Deadline</dt>\n <dd>5 May 2027</dd></dl>"
        "<table><tr><th>Area</th><td>Testland</td></tr></table></form><footer>1 August 2030</footer>"
    )
    assert title == "Club Fund | City Trust"
    assert text.split("\n") == ["Club Fund", "Up to £900 for clubs", "Deadline: 5 May 2027", "Area: Testland"]
    found = values(read(text, title))
    assert (found["name"], found["provider"], found["closes"]) == (
        "Club Fund",
        "City Trust",
        datetime.date(2027, 5, 5),
    )


def test_letters_in_the_wrong_encoding_are_put_right() -> None:
    assert repaired("Up to Â£5,000 â€” for clubs\n£3 stays") == "Up to £5,000 — for clubs\n£3 stays"
    assert values(read("A fund\nUp to Â£5,000 each."))["amount_max_gbp"] == 5_000


@pytest.mark.parametrize(
    "text",
    ["<" * 200_000, "<!--" * 50_000, "<a " * 70_000, "<script>" * 30_000, "&#x" * 70_000, "<td>" * 50_000],
)
def test_markup_that_breaks_off_raises_nothing(text: str) -> None:
    title, words = page_text(text)
    assert "script" not in words
    assert title == ""


def test_what_nobody_sees_is_left_out() -> None:
    found = read("A \u202efund\u200b for\x00 clubs\nApply by 5 May 2027.")
    assert found["name"].value == "A fund for clubs"


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert "closes" not in read("A fund\n" + "words " * (MOST // 6) + "\nApply by 5 May 2027.")
    assert "closes" in read("A fund\n" + "words " * 900 + " Apply by 5 May 2027.")


@example(":\n£")
@given(st.text(alphabet="£0123456789 \n:.,/-<>&abcdeMayJundeadlin", max_size=300))
def test_nothing_raises_and_every_proposal_has_its_words(text: str) -> None:
    _title, words = page_text(text) if is_markup(text) else ("", text)
    for name, each in read(words).items():
        assert each.words, name
        assert len(each.words) <= 500
