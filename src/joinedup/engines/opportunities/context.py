"""What every kind of move is given: the register, how near things are, how alike texts are, and who answered what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache

from joinedup.engines.opportunities.concepts import Meaning, meaning
from joinedup.engines.opportunities.inputs import OLD_DAYS, Answer, Partner, Register
from joinedup.engines.opportunities.nearness import Distances

# What a word that two texts share says: one that this field uses everywhere says little. The same in every register, so
# that a record that is added changes nothing between others.
TELLING, COMMONLY, MOST = 0.3, 0.08, 3


class Context:
    """One run's register with its indexes."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.as_of = register.as_of
        self.distances = Distances(register)
        self._around: dict[frozenset[str], list[str]] = {}
        self._answers: dict[str, list[Answer]] = defaultdict(list)
        for answer in register.answers:
            self._answers[answer.partner].append(answer)

    def things(self, meant: Meaning) -> frozenset[str]:
        """The concepts of a text that are things: neither a moment nor a way of paying."""
        return meant.things

    def alike(self, a: Meaning, b: Meaning) -> float:
        """0 to 1: how much two texts say the same, by shared things and rare words."""
        return _alike(len(a.telling & b.telling), len(a.common & b.common), len(a.things & b.things))

    def around(self, authorities: frozenset[str]) -> list[str]:
        """These authorities, those that adjoin them, and those that adjoin these: about a partnership's footprint."""
        if authorities in self._around:
            return self._around[authorities]
        found = set(authorities)
        for _ in range(2):
            found.update(*[self.distances.neighbours(own) for own in found])
        self._around[authorities] = sorted(found)
        return self._around[authorities]

    def named(self, partner: Partner) -> frozenset[str]:
        """Stems of a body's name and of the places that it serves within an authority."""
        places = [self.register.place(code) for code in partner.where.points]
        return meaning(" ".join([partner.name, *places])).stems

    def fresh(self, day: date | None) -> float:
        """How far a record of this day still stands: 1, less after a year or without a date."""
        if day is None:
            return 0.8
        return 1.0 if (self.as_of - day).days <= OLD_DAYS else 0.7

    def is_old(self, day: date | None) -> bool:
        return day is not None and (self.as_of - day).days > OLD_DAYS

    def refuses(
        self,
        partner: str,
        authorities: Iterable[str],
        theme: str | None,
        records: frozenset[str],
        meant: Meaning,
        *others: str,
    ) -> bool:
        """Whether it said "not us" to a suggestion like this one."""
        found = self.answered(
            partner, authorities=authorities, theme=theme, records=records, meant=meant, others=others
        )
        return found is not None and found.answer == "not_us"

    def has_answered(self, partner: str) -> bool:
        """Whether this partner answered anything."""
        return partner in self._answers

    def answered(
        self,
        partner: str,
        *,
        authorities: Iterable[str],
        theme: str | None,
        records: frozenset[str],
        meant: Meaning,
        others: Iterable[str] = (),
        own: bool = False,
    ) -> Answer | None:
        """What this partner answered to a suggestion like this one; None if nothing. A refusal counts before interest.

        A suggestion is like it that is about the same record, or the same theme in the same place in like words; with
        the scope theme_here or theme_everywhere, any on the theme. `own`: whether it is the partner's own ask that
        would be met; then a refusal of the theme does not count, only one of this body or offer.
        """
        given = self._answers.get(partner)
        if not given:
            return None
        places, others = frozenset(authorities), frozenset(others)
        found = None
        for answer in given:
            here = not answer.authorities or bool(answer.authorities & places)
            on_theme = answer.theme is None or answer.theme == theme
            if answer.about is not None and answer.about in records | others:
                applies = True
            elif answer.scope == "theme_everywhere" and not own:
                applies = answer.theme is not None and answer.theme == theme
            elif answer.scope == "theme_here" and not own:
                applies = here and answer.theme is not None and answer.theme == theme
            else:
                applies = (
                    answer.about is None
                    and here
                    and on_theme
                    and self.alike(answer.about_meant, meant) >= 0.3
                )
            if applies and (found is None or answer.answer == "not_us"):
                found = answer
        return found


@cache
def _alike(telling: int, common: int, things: int) -> float:
    """By how many telling words, common words and things they share: few are the ways, many the pairs."""
    by_word = min(1.0, TELLING * min(telling, MOST) + COMMONLY * min(common, MOST))
    by_thing = 1 - 0.5**things
    return 1 - (1 - by_word) * (1 - by_thing)
