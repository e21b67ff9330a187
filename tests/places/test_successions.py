"""Which area took over from which, what leads on, and which there were on a day."""

import datetime
from typing import Any

import polars as pl
import pytest

from joinedup.places import loading, successions
from joinedup.places.models import Place, Succession
from joinedup.places.shipped import SHIPPED

APRIL = datetime.date(2027, 4, 1)


def row(
    old: str, new: str, day: datetime.date = APRIL, *, done: bool = True, kind: str = "local_authority"
) -> Any:
    return Succession(
        old=old, old_name=old.lower(), kind=kind, new=new, new_name=new.lower(), day=day,
        carried_out_on=day if done else None,
    )  # fmt: skip


@pytest.mark.django_db
def test_what_ships_leads_to_places_that_ship_and_names_its_order() -> None:
    loading.load()
    rows = pl.read_csv(SHIPPED / "successions.csv")
    assert rows.height == Succession.objects.count()
    current = set(Place.objects.values_list("pk", flat=True))
    assert not set(rows["old"]) & current
    assert rows["source"].str.contains("Order 20").all()
    every = list(Succession.objects.all())
    for one in every:
        assert set(successions.leads_to(one.old, every)) <= current, one
    # The same name for the same code, and as the authority is called today where it goes on.
    names = dict(Place.objects.filter(pk__in=set(rows["new"])).values_list("pk", "name"))
    assert {pk: name for pk, name in rows.select("new", "new_name").iter_rows() if pk in names} == names
    assert [place.name for place in successions.successors("E07000190")] == ["Somerset"]
    assert [place.name for place in successions.successors("E10000006")] == [
        "Cumberland",
        "Westmorland and Furness",
    ]


@pytest.mark.django_db
def test_what_adds_up_to_a_new_authority() -> None:
    loading.load()
    sums = successions.parts_to_sum()
    assert sums["E06000060"] == ("E07000004", "E07000005", "E07000006", "E07000007")
    # Of its districts, not of its county too, which would count everything twice.
    assert len(sums["E06000065"]) == 7
    assert sums["E07000246"] == ("E07000190", "E07000191")


def test_a_divided_area_says_all_its_successors() -> None:
    (old,) = successions._became([row("C", "B2", kind="county"), row("C", "B1", kind="county")])
    assert old.says == "c was divided between b1 and b2 on 1 April 2027"
    (old,) = successions._became([row("A", "B", done=False)])
    assert old.says == "a becomes part of b on 1 April 2027"


def test_which_authorities_there_were_and_will_be() -> None:
    later = datetime.date(2030, 4, 1)
    rows = [
        row("N", "O", later, done=False),
        row("A", "N"),
        row("B", "N"),
        row("Z", "Y"),
        row("X", "A", datetime.date(2020, 4, 1)),
    ]

    def codes(day: datetime.date) -> str:
        return "".join(each.code for each in successions.then({"N": "n", "M": "m"}, rows, day))

    assert codes(datetime.date(2019, 1, 1)) == "BMX"
    assert codes(datetime.date(2027, 3, 31)) == "ABM"
    assert codes(APRIL) == "MN"
    assert codes(later) == "MO"
