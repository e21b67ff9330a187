"""What is hidden for the engine to find, and what is set beside it that looks the same and is not.

A decoy that no noise can turn into the real thing has as much need as what is planted. One that stands on a record
which the noise may spoil (a use of an offer, a sector in one ward) has less: once that record is lost it *is* an
opportunity as far as anybody can know, and a weaker one.
"""

from __future__ import annotations

from collections.abc import Callable

from region.build import FORUM, KINDS, LEARNING, PEOPLE, SECTORS, Cell, Region, day

EACH = 15


def made(seed: int) -> Region:
    """A region with `EACH` of every kind planted, decoys in every other cell, and noise on the decoys."""
    region = Region(seed)
    for number in range(EACH):
        for kind in KINDS:
            if kind in PLANT:
                PLANT[kind](region, _take(region, kind == "ask_meets_offer"), number)
    blocks = [(group, theme) for theme in LEARNING for group in region.groups]
    blocks = [blocks[i] for i in region.rng.permutation(len(blocks))]
    for group, theme in blocks[:EACH]:
        _learning(region, group, theme)
    planted = {table: len(rows) for table, rows in region.rows.items()}
    for number, cell in enumerate(region.free):
        decoy = DECOYS[number % len(DECOYS)]
        allowed = decoy not in ASKING or region.silent_around(cell)
        (decoy if allowed else quiet)(region, cell)
    for number, (group, theme) in enumerate(blocks[EACH:]):
        _no_learning(region, group, theme, number)
    for _, theme in region.too_far:
        in_need = [region.about[row["id"]] for row in region.rows["asks"] if row["kind"] == "need"]
        areas = [area for area, on in in_need if on == theme]
        away = max(region.areas, key=lambda a: (min(region.apart_km(a, other) for other in areas), a))
        region.ask((away, theme), "offer")
    region.noise(planted)
    return region


def _take(r: Region, asks: bool) -> Cell:
    """A free cell. For asks one where nobody near asks on the theme: by chance they would meet, and rightly."""
    at = next(i for i in range(len(r.free) - 1, -1, -1) if not asks or r.silent_around(r.free[i]))
    return r.free.pop(at)


def _unmet_need(r: Region, cell: Cell, number: int) -> None:
    people = int(r.rng.integers(150, 400))
    r.need(cell, r.between(0.85, 1.0), people)
    r.partners(cell)
    if number % 3 == 0:  # something runs, by partners of a wider area, and reaches hardly anyone
        elsewhere = r.neighbour(cell[0])
        by = [r.partner(cell, sector, elsewhere) for sector in r.needed[cell[1]]]
        r.act(cell, r.between(2, 6), by=by)
    r.truth["unmet_need"].add(cell)


def _untapped_support(r: Region, cell: Cell, number: int) -> None:
    first, second, _ = r.needed[cell[1]]
    r.left(cell, need := r.between(0.8, 0.9), need * 0.82)
    through = [second] if number % 3 == 0 else []
    users = [] if number % 3 == 1 else [first]
    r.truth["untapped_support"].add((*cell, r.offer(cell, users, via_sectors=through)))


def _join_up(r: Region, cell: Cell, number: int) -> None:
    r.need(cell, r.between(0.6, 0.8))
    ward = r.wards[cell[0]][0] if number % 3 == 0 else ""
    ages = {"age_from": 11, "age_to": 19} if number % 3 == 1 else {}
    two = [r.act(cell, 90, place=ward), r.act(cell, 90, **ages)]
    r.truth["join_up"].add((*cell, *(row["id"] for row in two)))


def _missing_partner(r: Region, cell: Cell, number: int) -> None:
    r.need(cell, r.between(0.6, 0.8))
    sectors = r.needed[cell[1]]
    missing = sectors[number % 3]
    r.act(cell, 90, by=[r.partner(cell, s) for s in sectors if s != missing])
    r.partner(cell, missing)
    r.truth["missing_partner"].add((*cell, missing))


def _ask_meets_offer(r: Region, cell: Cell, number: int) -> None:
    r.left(cell, need := r.between(0.8, 0.9), need * 0.82)
    asked = r.ask(cell, "need", places=[] if number % 3 == 0 else None)
    near = (r.neighbour(cell[0]), cell[1]) if number % 3 == 1 else cell
    given = r.ask(near, "offer", places=r.wards[cell[0]][:1] if number % 3 == 2 else None)
    r.truth["ask_meets_offer"].add((*cell, asked, given))


def _learning(r: Region, group: list[str], theme: str) -> None:
    """An approach with a good result in one place; in another much like it, something else runs and need is left."""
    there, here, also, quiet = (str(a) for a in r.rng.permutation(group))
    approach = _approach(r)
    donor = r.left((there, theme), 0.7, 0.1, approach=approach, result=r.between(0.75, 0.95))
    r.left((here, theme), r.between(0.8, 0.9), r.between(0.6, 0.7))
    r.left((also, theme), 0.4, 0.1)
    r.need((quiet, theme), r.between(0.0, 0.25))
    r.truth["shared_learning"].add((here, theme, donor["id"]))


def _no_learning(r: Region, group: list[str], theme: str, number: int) -> None:
    there, here, also, quiet = (str(a) for a in r.rng.permutation(group))
    approach = _approach(r, harmful=number % 6 == 1)
    donor = {"approach": approach, "result": r.between(0.75, 0.95)}
    if number % 6 == 0:  # the result is not good enough
        donor["result"] = r.between(0.4, 0.59)
    elif number % 6 == 2:  # not begun yet
        donor["starts"] = day(30)
    elif number % 6 == 3:  # it runs here already, in one ward
        r.act((here, theme), 5, place=r.wards[here][0], approach=approach, age_from=18, age_to=25)
    elif number % 6 == 4:  # its result is not known
        donor["result"] = None
    r.left((there, theme), 0.7, 0.1, **donor)
    if number % 6 == 5:  # those like it have little need; those in need are too different
        r.left((here, theme), 0.5, r.between(0.05, 0.25))
    elif number % 6 == 3:
        r.left((here, theme), r.between(0.5, 0.65), r.between(0.4, 0.48))
    else:
        r.left((here, theme), r.between(0.8, 0.9), r.between(0.6, 0.7))
    r.left((also, theme), 0.4, 0.1)
    r.need((quiet, theme), r.between(0.0, 0.25))


def _approach(r: Region, harmful: bool = False) -> str:
    code = f"approach-{len(r.approaches):02d}"
    r.approaches.append({"approach": code, "effect": 0.8, "harmful": harmful})
    return code


PLANT: dict[str, Callable[[Region, Cell, int], None]] = {
    "unmet_need": _unmet_need,
    "untapped_support": _untapped_support,
    "join_up": _join_up,
    "missing_partner": _missing_partner,
    "ask_meets_offer": _ask_meets_offer,
}

# Decoys: each looks like something planted, and fails one rule or is plainly weaker.


def quiet(r: Region, cell: Cell) -> None:
    """No action, and little need."""
    r.need(cell, r.between(0.0, 0.35))
    r.partners(cell)


def near_gap(r: Region, cell: Cell) -> None:
    """A gap, by a hair."""
    r.need(cell, r.between(0.48, 0.62), int(r.rng.integers(100, 300)))
    r.partners(cell)


def few_people(r: Region, cell: Cell) -> None:
    """Much need, no action, hardly anybody concerned."""
    r.need(cell, r.between(0.85, 1.0), int(r.rng.integers(2, 9)))
    r.partners(cell)


def covered(r: Region, cell: Cell) -> None:
    r.need(cell, r.between(0.6, 1.0))
    r.act(cell, PEOPLE - 5)


def covered_by_wards(r: Region, cell: Cell) -> None:
    """Nothing names the area; its wards are reached, one by one."""
    r.need(cell, r.between(0.6, 1.0))
    for ward in r.wards[cell[0]]:
        r.act(cell, PEOPLE / 2, place=ward)


def _twins(r: Region, cell: Cell) -> tuple[str, str]:
    r.need(cell, r.between(0.5, 0.8))
    a, b = (r.act(cell, 80) for _ in range(2))
    return a["partner"], b["partner"]


def linked(r: Region, cell: Cell) -> None:
    r.link(*_twins(r, cell), 0.9)


def linked_a_little(r: Region, cell: Cell) -> None:
    r.link(*_twins(r, cell), 0.1)


def linked_through_co_partners(r: Region, cell: Cell) -> None:
    """They run something together, as co-partners of a third, on another theme."""
    a, b = _twins(r, cell)
    forum = (cell[0], FORUM)
    r.act(forum, 20, by=[r.partner(forum, "vcs"), a, b])


def other_ages(r: Region, cell: Cell) -> None:
    r.need(cell, r.between(0.5, 0.8))
    r.act(cell, 80)
    r.act(cell, 80, age_from=18, age_to=25)


def other_level(r: Region, cell: Cell) -> None:
    r.need(cell, r.between(0.5, 0.8))
    r.act(cell, 80, level=["primary"])
    r.act(cell, 80, level=["tertiary"])


def other_ward(r: Region, cell: Cell) -> None:
    r.need(cell, r.between(0.5, 0.8))
    for ward in r.wards[cell[0]]:
        r.act(cell, 80, place=ward)


def twin_that_ended(r: Region, cell: Cell) -> None:
    r.need(cell, r.between(0.5, 0.8))
    r.act(cell, 80)
    r.act(cell, 80, ends=day(-1))


def one_partner_for_both(r: Region, cell: Cell) -> None:
    r.need(cell, r.between(0.5, 0.8))
    by = r.partners(cell)
    r.act(cell, 80, by=by)
    r.act(cell, 80, by=by)


def _room_for_support(r: Region, cell: Cell) -> list[str]:
    r.left(cell, need := r.between(0.6, 0.85), need * 0.8)
    return r.needed[cell[1]][:1]


def closed_yesterday(r: Region, cell: Cell) -> None:
    r.offer(cell, _room_for_support(r, cell), closes=day(-1))


def not_open_yet(r: Region, cell: Cell) -> None:
    r.offer(cell, _room_for_support(r, cell), opens=day(7))


def for_another_sector(r: Region, cell: Cell) -> None:
    """A sector that works there, and of which the theme asks little."""
    _room_for_support(r, cell)
    other = next(s for s in SECTORS if s not in (*r.needed[cell[1]], r.helpful[cell[1]]))
    r.partner((cell[0], str(r.rng.choice([t for t in r.themes if t != cell[1]]))), other)
    r.offer(cell, [other])


def nobody_to_apply_through(r: Region, cell: Cell) -> None:
    """Of use, but only through a sector that nobody there is recorded for."""
    r.left(cell, need := r.between(0.6, 0.75), need * 0.8)
    r.offer(cell, r.needed[cell[1]][:1], via_sectors=["fire-and-rescue"])


def used(r: Region, cell: Cell) -> None:
    r.need(cell, r.between(0.4, 0.6))
    r.act(cell, 40, offers=[r.offer(cell, r.needed[cell[1]][:1])])


def used_in_a_ward(r: Region, cell: Cell) -> None:
    r.need(cell, r.between(0.4, 0.6))
    code = r.offer(cell, r.needed[cell[1]][:1])
    r.act(cell, 40, place=r.wards[cell[0]][1], offers=[code])


def _met(r: Region, cell: Cell) -> None:
    """Much need, well met by several initiatives of the same partners, so that no lost record undoes it."""
    r.need(cell, r.between(0.8, 1.0))
    by = r.partners(cell)
    for _ in range(3):
        r.act(cell, PEOPLE - 5, by=by)


def support_where_need_is_met(r: Region, cell: Cell) -> None:
    _met(r, cell)
    r.offer(cell, r.needed[cell[1]][:1])


def offer_of_their_own(r: Region, cell: Cell) -> None:
    """The one who could use it is the one who gives it."""
    r.left(cell, r.between(0.5, 0.65), 0.45, by=(by := r.partners(cell)))
    r.offer(cell, r.needed[cell[1]][:1], provider=by[0])


def there_as_co_partner(r: Region, cell: Cell) -> None:
    """Another partner of each sector is about; the sectors themselves take part."""
    r.need(cell, r.between(0.5, 0.8))
    r.act(cell, 90)
    r.partners(cell)


def there_in_a_ward(r: Region, cell: Cell) -> None:
    """The sector takes part, in one ward, through another initiative."""
    r.need(cell, r.between(0.4, 0.6))
    first, second, third = r.needed[cell[1]]
    by = [r.partner(cell, s) for s in (first, second)]
    r.act(cell, 90, by=by)
    r.act(cell, 20, by=[by[1], r.partner(cell, third)], place=r.wards[cell[0]][0])


def only_helpful(r: Region, cell: Cell) -> None:
    """A sector that the theme gains by, and does not need, is missing."""
    r.need(cell, r.between(0.5, 0.8))
    r.act(cell, 90)
    r.partner(cell, r.helpful[cell[1]])


def _ask_in_need(r: Region, cell: Cell) -> str:
    r.left(cell, need := r.between(0.75, 0.85), need * 0.82)
    by = r.partner(cell, "vcs")
    r.ask(cell, "need", by)
    return by


def missing_but_linked(r: Region, cell: Cell) -> None:
    """The one who is missing has long been in touch with those who act."""
    lead, other = _two_of_three(r, cell)
    r.link(lead, r.partner(cell, other), 0.9)


def missing_and_on_other_themes(r: Region, cell: Cell) -> None:
    """The sector works there, on something else."""
    _, other = _two_of_three(r, cell)
    r.partner((cell[0], str(r.rng.choice([t for t in r.themes if t != cell[1]]))), other)


def _two_of_three(r: Region, cell: Cell) -> tuple[str, str]:
    """Action by two of the sectors needed: who leads it, and the third sector."""
    r.need(cell, r.between(0.6, 0.75))
    first, second, third = r.needed[cell[1]]
    row = r.act(cell, 90, by=[r.partner(cell, s) for s in (first, second)])
    return row["partner"], third


def too_far_to_help(r: Region, cell: Cell) -> None:
    """What they need is on offer, as far away from anyone in need as can be (see `made`)."""
    _ask_in_need(r, cell)
    r.too_far.append(cell)


def help_with_something_else(r: Region, cell: Cell) -> None:
    _ask_in_need(r, cell)
    r.ask((cell[0], FORUM), "offer")


def helps_itself(r: Region, cell: Cell) -> None:
    r.ask(cell, "offer", _ask_in_need(r, cell))


def two_in_need(r: Region, cell: Cell) -> None:
    _ask_in_need(r, cell)
    r.ask(cell, "need")


def help_between_friends(r: Region, cell: Cell) -> None:
    """They are linked already, and closely."""
    by = _ask_in_need(r, cell)
    other = r.partner(cell, "health")
    r.ask(cell, "offer", other)
    r.link(by, other, 0.9)


def help_where_need_is_met(r: Region, cell: Cell) -> None:
    _met(r, cell)
    r.ask(cell, "need")
    r.ask(cell, "offer")


DECOYS: tuple[Callable[[Region, Cell], None], ...] = (
    quiet, near_gap, few_people, covered, covered_by_wards,
    linked, linked_a_little, linked_through_co_partners, other_ages, other_level, other_ward, twin_that_ended,
    one_partner_for_both,
    closed_yesterday, not_open_yet, for_another_sector, nobody_to_apply_through, used, used_in_a_ward,
    support_where_need_is_met, offer_of_their_own,
    there_as_co_partner, there_in_a_ward, only_helpful, missing_but_linked, missing_and_on_other_themes,
    too_far_to_help, help_with_something_else, helps_itself, two_in_need, help_between_friends,
    help_where_need_is_met,
)  # fmt: skip

ASKING = (
    too_far_to_help, help_with_something_else, helps_itself, two_in_need, help_between_friends, help_where_need_is_met
)  # fmt: skip
