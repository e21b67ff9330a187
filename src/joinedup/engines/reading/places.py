"""Places as people name them: codes, names, parts of names, "name, town", two joined by "and", an authority named in a
sentence. A ward's name that two areas have is the one in the body's own authorities."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property

from rapidfuzz import fuzz, process

from joinedup.engines.reading.cells import folded, is_blank, pieces
from joinedup.engines.reading.place_names import (
    BEFORE,
    BODY,
    CITIES,
    CODE,
    ELSEWHERE,
    FORCE,
    INSIDE,
    LONG,
    ROAD,
    SHORT,
    SPLIT,
    WIDE,
    WIDER,
    Found,
    is_name,
    less_sure,
    parts_of,
)
from joinedup.engines.reading.register import Part
from joinedup.late_imports import polars as pl


def _by_first_word(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name:
            found[name.split()[0]].append(name)
    return found


class Gazetteer:
    """The places that a register is about, by name.

    `places`: code, name, kind, parent, of wards, authorities and what is wider; `own` are the authorities that the
    register is about (all in the frame if none are known).
    """

    def __init__(self, places: pl.DataFrame, own: set[str]) -> None:
        self.kind: dict[str, str] = {}
        self.parent: dict[str, str] = {}
        self.name: dict[str, str] = {}
        for code, name, kind, parent in sorted(
            places.select("code", "name", "kind", "parent").iter_rows(), key=str
        ):
            if code and name:
                self.kind[code], self.name[code] = kind or "", name
                if parent:
                    self.parent[code] = parent
        self.every = [code for code, kind in self.kind.items() if kind == "local_authority"]
        self.own = {code for code in own if self.kind.get(code) == "local_authority"} or set(self.every)
        self.wards: dict[str, list[str]] = defaultdict(list)
        self.parts: dict[str, list[str]] = defaultdict(list)
        self.authorities: dict[str, list[str]] = defaultdict(list)
        self.shorter: dict[str, list[str]] = defaultdict(list)
        self.wide: dict[str, list[str]] = defaultdict(list)
        self.learned: dict[str, str] = {}
        self.joined: dict[str, str] = {}
        for code, kind in self.kind.items():
            if kind in WIDE:
                name = folded(self.name[code])
                # "Yorkshire" is Yorkshire and The Humber.
                halves = (
                    re.split(r" and (?:the )?|^(?:east|west) (?=midlands)", name) if kind == "region" else []
                )
                for part in {name, *(half for half in halves if half)}:
                    self.wide[part].append(code)
        for code, kind in self.kind.items():
            self._index(code, kind, folded(self.name[code]))
        own_names = {
            name
            for name, codes in [*self.wards.items(), *self.authorities.items()]
            if any(self.authority(code) in self.own for code in codes)
        }
        self.spellings = sorted(own_names)
        self.joined = {name.replace(" ", ""): name for name in sorted([*own_names, *self.parts])}

    def _index(self, code: str, kind: str, name: str) -> None:
        if kind == "ward":
            self.wards[name].append(code)
            if self.parent.get(code) in self.own:
                for part in parts_of(self.name[code]):
                    self.parts[part].append(code)
        elif kind == "local_authority":
            self.authorities[name].append(code)
            # A region keeps its name, also where a "City of" has the same.
            if (short := BODY.sub("", name)) != name and short not in self.wide:
                self.authorities[short].append(code)
            if code in self.own:
                for part in re.split(r" and | upon | on | in ", name):
                    if part != name:
                        self.shorter[part].append(code)

    def learn(self, uses: Iterable[tuple[str, frozenset[str], int]]) -> None:
        """Learn names that no list has (a town, a station, a street) from their use.

        `uses`: the name, and the authorities of the body that uses it, or of the codes beside it, and how much that
        weighs. Only a use with one authority says where the name is; two thirds of their weight must agree, and one
        body's choice of a place for its work is not enough.
        """
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for name, authorities, weight in uses:
            known = folded(name) in self.wards or folded(name) in self.authorities
            if len(authorities) == 1 and is_name(name) and not known:
                votes[folded(name)].update(dict.fromkeys(authorities, weight))
        for name, given in votes.items():
            (code, most), *_ = sorted(given.items(), key=lambda one: (-one[1], one[0]))
            if most * 3 >= sum(given.values()) * 2 and most > 1:
                self.learned[name] = code
        self.joined |= {name.replace(" ", ""): name for name in self.learned}

    def authority(self, code: str) -> str | None:
        """The local authority that a place is or lies in."""
        seen = 0
        while code and self.kind.get(code) != "local_authority" and seen < 5:
            code, seen = self.parent.get(code, ""), seen + 1
        return code or None

    def inside(self, code: str) -> list[str]:
        """The authorities of a place: its own, or of something wider those that the register is about, else all."""
        kind = self.kind.get(code)
        if kind not in WIDE:
            found = self.authority(code)
            return [found] if found else []
        below = (
            [one for one in self.every if self._under(one, code)]
            if kind != "police_force"
            else list(self.every)
        )
        return sorted(set(below) & self.own) or (sorted(below) if kind in ("county", "region") else [])

    def _under(self, code: str, wider: str) -> bool:
        for _ in range(5):
            code = self.parent.get(code, "")
            if code == wider:
                return True
        return False

    def all_authorities(self, codes: list[str]) -> list[str]:
        """The authorities of several places, each once, in order of code."""
        return sorted({one for code in codes for one in self.inside(code)})

    def read(self, cell: str, near: frozenset[str] = frozenset()) -> Found:
        """The places of a cell; `near` are the authorities of the body itself, which decide between equal names."""
        found = Found()
        for piece in pieces(cell):
            if not is_blank(piece):
                one = self._piece(piece, near)
                if one.rule and (fresh := [code for code in one.codes if code not in found.codes]):
                    found.parts.append(Part(piece, ";".join(fresh), one.rule, one.sure))
                found.add(one)
        return found

    def _piece(self, piece: str, near: frozenset[str]) -> Found:
        # An analyst's own places may have codes of any form.
        if piece in self.kind:
            return Found([piece], self.kind[piece] == "ward")
        if CODE.fullmatch(piece):
            return Found(unread=[(piece, "code not in this area")])
        plain = SHORT.sub(lambda match: LONG[match[0]], folded(piece))
        plain = re.sub(
            r" (?:generally|mainly|mostly|only|wide|and around|and surrounds|and surroundings|and nearby)$",
            "",
            plain,
        )
        if sides := re.fullmatch(r"(north|south|east|west) and (north|south|east|west) (\w+)", plain):
            both = [self._one(f"{side} {sides[3]}", near) for side in sides.group(1, 2)]
            if all(both):
                whole = Found()
                for one in both:
                    whole.add(one or Found())
                return less_sure(whole, "two places in one", 0.85)
        if one := self._one(plain, near):
            return one
        if "," in piece and (one := self._in_town(piece, near)):
            return one
        parts = [part for part in SPLIT.split(piece) if part.strip()]
        if len(parts) > 1:
            read = [self._one(folded(part), near) for part in parts]
            if any(read):
                whole = Found()
                for part, one in zip(parts, read, strict=True):
                    whole.add(one or self._learned(part) or Found(unread=[(part, "place not known")]))
                return less_sure(whole, "two places in one", 0.85)
        if near_name := self._near(plain, near):
            return near_name
        return (
            self._learned(piece)
            or self._named_in(plain, near, wards=True)
            or Found(unread=[(piece, "place not known")])
        )

    def _one(self, plain: str, near: frozenset[str]) -> Found | None:
        """One place by its whole name, by a part of a ward's name, or with what people put round a name."""
        if found := self._whole(plain, near):
            return found
        short = BODY.sub("", plain)
        if short != plain and (code := self._chosen(self.authorities.get(short, []), near)):
            return Found([code], False, "authority's name", 0.97)
        if plain.endswith(" ward") and (code := self._ward(plain.removesuffix(" ward"), near)):
            return Found([code], True, "ward's name", 0.97)
        if wards := self._part(plain, near):
            return Found(wards, True, "part of a ward's name", 0.85)
        if code := self._chosen(self.shorter.get(plain, []), near):
            # Half of "Alder and Thorne" is a place in it; "Newtown" may stand for all of Newtown upon Alder.
            half = " and " in folded(self.name[code])
            return Found([code], half, "part of an authority's name", 0.8)
        force = FORCE.sub("", plain)
        if force != plain:
            for kind in ("police_force", "county"):
                for code in self.wide.get(force, []):
                    if self.kind[code] == kind:
                        return Found([code], False, "force's name", 0.9)
        return self._round(plain, near)

    def _learned(self, name: str) -> Found | None:
        code = self.learned.get(folded(name))
        return Found([code], True, "a place used only there", 0.6) if code else None

    def _whole(self, plain: str, near: frozenset[str]) -> Found | None:
        authority = self._chosen(self.authorities.get(plain, []), near)
        if authority and (authority in self.own or not self._ward(plain, near)):
            return Found([authority], False, "authority's name", 0.98)
        if ward := self._ward(plain, near):
            sure = 0.98 if self.parent.get(ward) in self.own else 0.6
            return Found([ward], True, "ward's name", sure)
        if plain in self.wide:
            if len({self.kind[code] for code in self.wide[plain]}) == 1:
                return Found(
                    sorted(self.wide[plain]),
                    False,
                    "name of something wider",
                    0.95 if len(self.wide[plain]) == 1 else 0.85,
                )
            order = {kind: at for at, kind in enumerate(("region", "country", "county", "police_force"))}
            code = min(self.wide[plain], key=lambda one: (order[self.kind[one]], one))
            return Found([code], False, "name of something wider", 0.95)
        return None

    def _round(self, plain: str, near: frozenset[str]) -> Found | None:
        """A name with something before or behind it: "Newtown bus station", "north Newtown"."""
        for pattern, only_ward in ((INSIDE, False), (ROAD, True), (BEFORE, False)):
            core = pattern.sub("", plain)
            if core == plain or not core:
                continue
            if only_ward:
                ward = self._ward(core, near)
                if ward and self.parent.get(ward) in self.own:
                    return Found([ward], True, "road named after a ward", 0.6)
                continue
            found = self._whole(core, near) or (
                Found(wards, True, "part of a ward's name", 0.85)
                if (wards := self._part(core, near))
                else None
            )
            if (
                found is None
                and pattern is INSIDE
                and (code := self._chosen(self.shorter.get(core, []), near))
            ):
                found = Found([code], False, "part of an authority's name", 0.8)
            if found is None:
                continue
            code = found.codes[0]
            if self.kind[code] in WIDE and not plain.startswith(("greater ", "all ", "across ", "whole ")):
                # A side of a region may or may not have these places in it.
                if pattern is BEFORE and self.kind[code] in ("region", "county"):
                    return Found([code], False, "side of something wider", 0.5)
                continue
            if self.kind[code] == "local_authority" and pattern is INSIDE and code not in self.own:
                continue
            named = pattern is INSIDE and self.kind[code] == "local_authority" and not plain.endswith(" area")
            return less_sure(Found(found.codes, found.exact or named), "a place named after it", 0.8)
        return None

    def _ward(self, plain: str, near: frozenset[str]) -> str | None:
        return self._chosen(self.wards.get(plain, []), near)

    def _chosen(self, codes: list[str], near: frozenset[str]) -> str | None:
        """The one of several equally named places: in the body's own authorities, then in the register's, then the only
        one; None where that does not decide."""
        for some in (near, self.own):
            there = [code for code in codes if self.authority(code) in some]
            if len(there) == 1:
                return there[0]
            if len(there) > 1:
                return None
        return codes[0] if len(codes) == 1 else None

    def _part(self, plain: str, near: frozenset[str]) -> list[str]:
        """Wards of which this is a part of the name, all in one authority: "Quayside" of North and South, "Canal
        Bank" of "St Mary's and Canal Bank"."""
        by_authority: dict[str, list[str]] = defaultdict(list)
        for code in self.parts.get(plain, []):
            by_authority[self.parent[code]].append(code)
        chosen = [one for one in by_authority if one in near] or list(by_authority)
        return sorted(by_authority[chosen[0]]) if len(chosen) == 1 else []

    def _in_town(self, piece: str, near: frozenset[str]) -> Found | None:
        """ "Name, town": the name inside the town's authority; only the authority where the name is not known."""
        name, town = (folded(part) for part in piece.rsplit(",", 1))
        where = self._one(town, near)
        if not where:
            return None
        authorities = frozenset(self.all_authorities(where.codes))
        if len(authorities) != 1:
            return None
        found = self._one(name, authorities)
        if found and set(self.all_authorities(found.codes)) <= authorities:
            return less_sure(found, "name, town", 0.9)
        if self._one(name, near):
            return None
        return Found(sorted(authorities), True, "a place in that town", 0.65)

    def _near(self, plain: str, near: frozenset[str]) -> Found | None:
        """A ward or an authority of the register's own that is spelt nearly like this."""
        if len(plain) < 6:
            return None
        if (spaced := self.joined.get(plain.replace(" ", ""))) and spaced != plain:
            read = self._one(spaced, near) or self._learned(spaced)
            return less_sure(read, "name in one word or two", 0.9) if read else None
        found = process.extract(plain, self.spellings, scorer=fuzz.ratio, score_cutoff=88, limit=2)
        if not found or (len(found) == 2 and found[1][1] > found[0][1] - 3):
            return None
        read = self._whole(found[0][0], near)
        return less_sure(read, "name nearly the same", found[0][1] / 100 - 0.05) if read else None

    def named_in(self, sentence: str, near: frozenset[str] = frozenset()) -> Found | None:
        """The register's own authorities that a sentence names; None if it names none."""
        return self._named_in(folded(sentence), near)

    def _named_in(self, plain: str, near: frozenset[str], *, wards: bool = False) -> Found | None:
        codes = []
        words = plain.split()
        for name in self._names_beginning(words, self._authority_names):
            if re.search(rf"\b{re.escape(name)}\b(?! (?:road|street|lane|avenue))", plain):
                code = self._chosen(self.authorities[name], near)
                if code in self.own and code not in codes:
                    codes.append(code)
        if not codes and wards:
            named = {
                code
                for name in self._names_beginning(words, self._ward_names)
                if len(name) > 6
                and re.search(rf"\b{re.escape(name)}\b", plain)
                and (code := self._ward(name, near))
            }
            named = {code for code in named if self.parent.get(code) in self.own}
            return Found(sorted(named), True, "ward named in words", 0.6) if len(named) == 1 else None
        return Found(sorted(codes), False, "authority named in words", 0.7) if codes else None

    @cached_property
    def _authority_names(self) -> dict[str, list[str]]:
        return _by_first_word(self.authorities)

    @cached_property
    def _ward_names(self) -> dict[str, list[str]]:
        return _by_first_word(self.wards)

    @staticmethod
    def _names_beginning(words: list[str], names: dict[str, list[str]]) -> list[str]:
        """The names that begin with one of these words, in order: looking for all of them is slow."""
        return sorted(name for word in set(words) for name in names.get(word, ()))

    def is_elsewhere(self, *texts: str) -> bool:
        """Whether words speak only of places that these are not: the coast, the country where all of these are
        boroughs of great cities, another nation of the United Kingdom."""
        plain = " . ".join(folded(text) for text in texts if text)
        match = ELSEWHERE.search(plain)
        if re.search(r"\brural\b", plain) and all(code.startswith(CITIES) for code in self.own):
            return True
        if not match:
            return False
        if match[0].startswith(("wales", "welsh", "cymru")):
            return not any(code[0] == "W" for code in self.own) and not re.search(
                r"\b(?:england|english)\b", plain
            )
        return not re.search(rf"\b(?:not only|also) .*{re.escape(match[0])}", plain)

    def is_everywhere(self, plain: str) -> bool:
        """Whether a cell says the whole country in other words than its name."""
        return folded(plain) in WIDER
