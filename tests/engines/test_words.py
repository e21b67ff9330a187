import datetime

import pytest
from django.utils.formats import date_format
from django.utils.text import get_text_list

from joinedup.engines.words import counted, day, listing, month, plural


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
    ],
)
def test_a_list_is_said_as_django_says_it(names, said):
    assert listing(names) == said == get_text_list(names, "and")


def test_names_that_have_a_comma_are_kept_apart():
    assert listing(["Suspension, exclusion", "Drugs"]) == "Suspension, exclusion; and Drugs"
    assert listing(["A", "Bournemouth, Christchurch and Poole", "C"], "or") == (
        "A; Bournemouth, Christchurch and Poole; or C"
    )


def test_a_list_of_alternatives():
    assert listing(["A", "B", "C"], "or") == "A, B or C"


@pytest.mark.parametrize("number", range(1, 13))
def test_days_and_months_are_said_as_django_says_them(number):
    value = datetime.date(2018, number, 8)
    assert day(value) == date_format(value, "j F Y")
    assert month(value) == date_format(value, "F Y")


def test_a_day_and_a_month():
    assert day(datetime.date(2018, 10, 8)) == "8 October 2018"
    assert month(datetime.date(2018, 10, 8)) == "October 2018"


def test_plurals():
    assert [plural(number, "table") for number in (0, 1, 2)] == ["tables", "table", "tables"]
    assert [plural(number, "is", "are") for number in (0, 1, 2)] == ["are", "is", "are"]
    assert [counted(number, "young person", "young people") for number in (1, 2)] == [
        "1 young person",
        "2 young people",
    ]
