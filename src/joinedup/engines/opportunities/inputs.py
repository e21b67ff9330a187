"""What comes in: the register, need and public facts, as frames; and the same as records with an index.

The columns of the register's frames are those that `engines.reading.read_register` gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from joinedup.engines.opportunities.ages import ages_in
from joinedup.engines.opportunities.concepts import Meaning, concepts, meaning
from joinedup.engines.reading.register import COLUMNS as REGISTER
from joinedup.engines.reading.register import DAY, NUMBER, TEXT, WORDS, YES
from joinedup.late_imports import polars as pl

R = TypeVar("R")

# Every column that the engine reads; the register's are those that reading it gives. One that is absent is unknown
# in every row.
COLUMNS: dict[str, dict[str, Any]] = {
    "places": {
        "code": TEXT, "name": TEXT, "kind": TEXT, "parent": TEXT, "latitude": NUMBER, "longitude": NUMBER,
    },
    "themes": {"theme": TEXT, "name": TEXT},
    "sectors": {"sector": TEXT, "name": TEXT},
    "needs": {
        "place": TEXT, "theme": TEXT, "pressure": NUMBER, "need": NUMBER, "stands_out": NUMBER, "measured": TEXT,
        "verdict": TEXT, "fact": TEXT,
    },
    **{name: columns for name, columns in REGISTER.items() if name not in ("guesses", "parts")},
    "approaches": {
        "approach": TEXT, "name": TEXT, "themes": WORDS, "effect": TEXT, "evidence": TEXT, "cost": TEXT,
        "source": TEXT, "harmful": YES,
    },
    "mix": {"theme": TEXT, "sector": TEXT, "weight": NUMBER},
    "spotted": {"id": TEXT, "place": TEXT, "sentence": TEXT, "theme": TEXT, "parties": WORDS},
    "heard": {"place": TEXT, "theme": TEXT, "text": TEXT, "said_on": DAY, "moderator": TEXT},
}  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """Frames with the columns of `COLUMNS`; an absent one silences the kinds that need it. Rows whose own partner is
    unknown are left out."""

    places: pl.DataFrame
    themes: pl.DataFrame
    sectors: pl.DataFrame
    partners: pl.DataFrame | None = None
    initiatives: pl.DataFrame | None = None
    asks: pl.DataFrame | None = None
    support: pl.DataFrame | None = None
    links: pl.DataFrame | None = None
    answers: pl.DataFrame | None = None
    contacts: pl.DataFrame | None = None
    needs: pl.DataFrame | None = None
    approaches: pl.DataFrame | None = None
    heard: pl.DataFrame | None = None
    mix: pl.DataFrame | None = None
    spotted: pl.DataFrame | None = None

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A table's rows with every known column, in the order of their keys, so that row order never matters."""
        frame: pl.DataFrame | None = getattr(self, name)
        if frame is None:
            return []
        known = COLUMNS[name]
        whole = frame.select(
            pl.col(column).cast(kind) if column in frame.columns else pl.lit(None, dtype=kind).alias(column)
            for column, kind in known.items()
        )
        plain = [column for column, kind in known.items() if kind != WORDS]
        # Column by column: rows of lists are slow to read one by one.
        columns = [column.to_list() for column in whole.sort(plain, nulls_last=True)]
        return [dict(zip(known, row, strict=True)) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Where:
    """Where something is: `points` are codes of places inside an authority (or the authority), `authorities` those that
    they lie in; `exact` if narrower than an authority."""

    points: tuple[str, ...]
    authorities: frozenset[str]
    exact: bool


@dataclass(frozen=True, eq=False)
class Partner:
    id: str
    name: str
    sector: str | None
    where: Where
    themes: frozenset[str]
    does: Meaning
    duty: bool
    confirmed: date | None
    restricted: bool
    wide: bool
    roles: tuple[str, ...]
    words: str


@dataclass(frozen=True, eq=False)
class Action:
    id: str
    name: str
    what: str
    partner: Partner
    others: tuple[Partner, ...]
    where: Where
    themes: tuple[str, ...]
    level: frozenset[str]
    way_in: frozenset[str]
    ages: tuple[float, float] | None
    reach: float | None
    starts: date | None
    ends: date | None
    result: str | None
    evidence: float | None
    result_good: bool
    approach: str | None
    audience: frozenset[str]
    confirmed: date | None
    restricted: bool
    meant: Meaning

    @property
    def runners(self) -> tuple[Partner, ...]:
        """Who runs it: the lead first."""
        return (self.partner, *self.others)


@dataclass(frozen=True, eq=False)
class Ask:
    id: str
    partner: Partner
    is_help: bool
    what: str | None
    themes: tuple[str, ...]
    where: Where
    text: str
    said_on: date | None
    amount: float | None
    number: float | None
    until: date | None
    meant: Meaning

    @cached_property
    def ages(self) -> tuple[float, float] | None:
        """The ages that its words speak of."""
        return ages_in(self.text)

    @cached_property
    def about(self) -> frozenset[str]:
        """Its themes as recorded; where nothing is, those that its words are about."""
        return frozenset(self.themes) or self.meant.themes


@dataclass(frozen=True, eq=False)
class Support:
    id: str
    name: str
    provider: str
    kind: str
    purpose: str
    who_may_use: str
    themes: tuple[str, ...]
    general: bool
    sectors: frozenset[str]
    via: frozenset[str]
    lead_only: bool
    where: Where
    everywhere: bool
    area_known: bool
    basis: str
    opens: date | None
    closes: date | None
    amount_max: float | None
    awards: str | None
    limits: frozenset[str]
    last_checked: date | None
    meant: Meaning


@dataclass(frozen=True)
class Answer:
    partner: str
    authorities: frozenset[str]
    theme: str | None
    about: str | None
    about_meant: Meaning
    about_text: str
    answer: str
    scope: str
    date: date | None


@dataclass(frozen=True)
class Need:
    pressure: float | None
    stands_out: float | None
    measured: str
    verdict: str
    facts: tuple[str, ...]
    level: float | None = None


@dataclass
class Register:
    """Everything that comes in as records, indexed by the authority where it is."""

    as_of: date
    partners: dict[str, Partner] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    asks: dict[str, Ask] = field(default_factory=dict)
    support: dict[str, Support] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    links: dict[frozenset[str], float] = field(default_factory=dict)
    needs: dict[tuple[str, str], Need] = field(default_factory=dict)
    approaches: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    spotted: list[dict[str, Any]] = field(default_factory=list)
    mix: dict[str, dict[str, float]] = field(default_factory=dict)
    theme_names: dict[str, str] = field(default_factory=dict)
    sector_names: dict[str, str] = field(default_factory=dict)
    place_names: dict[str, str] = field(default_factory=dict)
    place_at: dict[str, tuple[float, float]] = field(default_factory=dict)
    authority_of: dict[str, str] = field(default_factory=dict)

    @cached_property
    def asks_at(self) -> dict[str, list[Ask]]:
        return _by_authority(self.asks.values())

    @cached_property
    def actions_at(self) -> dict[str, list[Action]]:
        return _by_authority(self.actions.values())

    @cached_property
    def partners_at(self) -> dict[str, list[Partner]]:
        return _by_authority(self.partners.values())

    @cached_property
    def actions_on(self) -> dict[tuple[str, str], list[Action]]:
        """By authority and theme."""
        return _by_authority_and(self.actions_at, lambda action: action.themes)

    @cached_property
    def partners_on(self) -> dict[tuple[str, str], list[Partner]]:
        """By authority and theme."""
        return _by_authority_and(self.partners_at, lambda partner: partner.themes)

    @cached_property
    def partners_of(self) -> dict[tuple[str, str], list[Partner]]:
        """By authority and sector."""
        return _by_authority_and(self.partners_at, lambda partner: (partner.sector or "",))

    @cached_property
    def actions_of(self) -> dict[str, list[Action]]:
        found: dict[str, list[Action]] = defaultdict(list)
        for action in self.actions.values():
            for partner in action.runners:
                found[partner.id].append(action)
        return found

    @cached_property
    def asks_of(self) -> dict[str, list[Ask]]:
        found: dict[str, list[Ask]] = defaultdict(list)
        for ask in self.asks.values():
            found[ask.partner.id].append(ask)
        return found

    @cached_property
    def authorities(self) -> list[str]:
        """Where anything of the register is."""
        return sorted({*self.asks_at, *self.actions_at, *self.partners_at})

    @cached_property
    def linked(self) -> frozenset[frozenset[str]]:
        """Pairs that are recorded as working together, or that run something together."""
        pairs = set(self.links)
        for action in self.actions.values():
            ids = [partner.id for partner in action.runners]
            pairs.update(frozenset((a, b)) for a in ids for b in ids if a < b)
        return frozenset(pairs)

    def theme(self, slug: str) -> str:
        """Its name as in a sentence."""
        name = self.theme_names.get(slug, slug.replace("-", " "))
        return name[:1].lower() + name[1:] if name[1:2].islower() else name

    def place(self, code: str) -> str:
        return self.place_names.get(code, code)

    def sector(self, slug: str) -> str:
        return self.sector_names.get(slug, slug.replace("_", " "))


def _by_authority(records: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        for code in sorted(record.where.authorities):
            found[code].append(record)
    return found


def _by_authority_and(
    at: Mapping[str, Iterable[R]], keys: Callable[[R], Iterable[str]]
) -> dict[tuple[str, str], list[R]]:
    """The records of an authority by each of their keys, in their order."""
    found: dict[tuple[str, str], list[R]] = defaultdict(list)
    for code, records in at.items():
        for record in records:
            for key in dict.fromkeys(keys(record)):
                found[code, key].append(record)
    return found


def _where(row: Mapping[str, Any], fallback: Where | None = None) -> Where:
    authorities = frozenset(row["authorities"] or ())
    if not authorities and fallback is not None:
        return Where(fallback.points, fallback.authorities, False)
    points = tuple(row["places"] or sorted(authorities))
    return Where(points, authorities, bool(row.get("exact_place")))


def build(inputs: Inputs, as_of: date) -> Register:
    """Records of the frames as of a day: what is over, empty, or a second record of the same is left out."""
    register = Register(as_of)
    _read_reference(register, inputs)
    _read_partners(register, inputs)
    _read_actions(register, inputs)
    _read_asks(register, inputs)
    _read_support(register, inputs)
    for row in inputs.rows("links"):
        a, b = row["partner_a"], row["partner_b"]
        if a in register.partners and b in register.partners and a != b:
            key = frozenset((a, b))
            register.links[key] = max(register.links.get(key, 0.0), row["strength"] or 0.5)
    for row in inputs.rows("answers"):
        if row["partner"] not in register.partners or (row["until"] is not None and row["until"] < as_of):
            continue
        # What was said more than a year ago binds nobody.
        if row["date"] is not None and (as_of - row["date"]).days > 365 and row["until"] is None:
            continue
        register.answers.append(
            Answer(
                row["partner"],
                frozenset(register.authority_of.get(code, code) for code in row["places"] or ()),
                row["theme"],
                row["about"],
                meaning(row["about_text"]),
                row["about_text"] or "",
                row["answer"] or "",
                row["scope"] or "this",
                row["date"],
            )
        )
    return register


def _read_reference(register: Register, inputs: Inputs) -> None:
    register.theme_names = {row["theme"]: row["name"] for row in inputs.rows("themes")}
    register.sector_names = {row["sector"]: row["name"] for row in inputs.rows("sectors")}
    for row in inputs.rows("places"):
        register.place_names[row["code"]] = row["name"] or row["code"]
        if row["latitude"] is not None and row["longitude"] is not None:
            register.place_at[row["code"]] = (row["latitude"], row["longitude"])
        if row["kind"] == "ward" and row["parent"]:
            register.authority_of[row["code"]] = row["parent"]
    facts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in inputs.rows("needs"):
        key = (row["place"], row["theme"])
        if row["fact"]:
            facts[key].append(row["fact"])
        register.needs[key] = Need(
            row["pressure"],
            row["stands_out"],
            row["measured"] or "none",
            row["verdict"] or "",
            tuple(facts[key]),
            row["need"],
        )
    for row in inputs.rows("approaches"):
        register.approaches[row["approach"]] = row
    register.heard, register.spotted = inputs.rows("heard"), inputs.rows("spotted")
    for row in inputs.rows("mix"):
        register.mix.setdefault(row["theme"], {})[row["sector"]] = row["weight"] or 0.0


def _read_partners(register: Register, inputs: Inputs) -> None:
    roles: dict[str, list[str]] = defaultdict(list)
    for row in inputs.rows("contacts"):
        if row["role"]:
            roles[row["partner"]].append(row["role"])
    for row in inputs.rows("partners"):
        if not row["id"] or row["same_as"]:
            continue
        register.partners[row["id"]] = Partner(
            id=row["id"],
            name=row["name"] or row["id"],
            sector=row["sector"],
            where=_where(row),
            themes=frozenset(row["themes"] or ()),
            does=meaning(f"{row['name'] or ''}. {row['does'] or ''}"),
            duty=bool(row["duty"]),
            confirmed=row["confirmed"],
            restricted=row["marking"] == "restricted",
            wide=bool(row["wide"]),
            roles=tuple(roles.get(row["id"], ())),
            words=row["does"] or "",
        )


def _same(frame: pl.DataFrame | None) -> dict[str, str]:
    """A second record of a partner to the first."""
    if frame is None or "same_as" not in frame.columns:
        return {}
    return {id: first for id, first in frame.select("id", "same_as").drop_nulls().iter_rows() if first}


def _read_actions(register: Register, inputs: Inputs) -> None:
    same = _same(inputs.partners)
    for row in inputs.rows("initiatives"):
        partner = register.partners.get(same.get(row["partner"], row["partner"]))
        if not row["id"] or partner is None or row["same_as"]:
            continue
        if row["ends"] is not None and row["ends"] < register.as_of:
            continue
        others = [register.partners.get(same.get(code, code)) for code in row["co_partners"] or ()]
        low, high = row["age_from"], row["age_to"]
        register.actions[row["id"]] = Action(
            id=row["id"],
            name=row["name"] or row["id"],
            what=row["what"] or "",
            partner=partner,
            others=tuple(each for each in others if each is not None and each is not partner),
            where=_where(row, partner.where),
            themes=tuple(row["themes"] or ()),
            level=frozenset(row["level"] or ()),
            way_in=frozenset(row["way_in"] or ()),
            ages=None if low is None and high is None else (low or 0.0, 25.0 if high is None else high),
            reach=row["reach"],
            starts=row["starts"],
            ends=row["ends"],
            result=row["result"],
            evidence=row["evidence"],
            # What is known to harm is no example to anybody.
            result_good=bool(row["result_good"])
            and not register.approaches.get(row["approach"], {}).get("harmful"),
            approach=row["approach"],
            audience=frozenset(row["audience"] or ()),
            confirmed=row["confirmed"],
            restricted=row["marking"] == "restricted",
            meant=meaning(f"{row['name'] or ''}. {row['what'] or ''}"),
        )


# What was asked or offered longer ago than this is not brought up; after a year it is asked about first.
TOO_OLD_DAYS, OLD_DAYS = 730, 365


def _read_asks(register: Register, inputs: Inputs) -> None:
    same = _same(inputs.partners)
    for row in inputs.rows("asks"):
        partner = register.partners.get(same.get(row["partner"], row["partner"]))
        if (
            not row["id"]
            or partner is None
            or row["same_as"]
            or row["empty"]
            or not row["kind"]
            or not row["text"]
        ):
            continue
        if row["said_on"] is not None and (register.as_of - row["said_on"]).days > TOO_OLD_DAYS:
            continue
        if row["until"] is not None and row["until"] < register.as_of:
            continue
        register.asks[row["id"]] = Ask(
            id=row["id"],
            partner=partner,
            is_help=row["kind"] == "help",
            what=row["what"],
            themes=tuple(row["themes"] or ()) or _only_theme(row["text"], row["what"]),
            where=_where(row, partner.where),
            text=" ".join(row["text"].split()),
            said_on=row["said_on"],
            amount=row["amount"],
            number=row["number"],
            until=row["until"],
            meant=meaning(row["text"]),
        )


def _only_theme(text: str, what: str | None) -> tuple[str, ...]:
    """The theme of an ask that says none, where its words are about one alone."""
    known = concepts()
    themes = {
        theme
        for name in meaning(text).concepts
        if what is None or known[name].what == what
        for theme in known[name].themes[:1]
    }
    return tuple(themes) if len(themes) == 1 else ()


def _read_support(register: Register, inputs: Inputs) -> None:
    for row in inputs.rows("support"):
        if not row["id"]:
            continue
        register.support[row["id"]] = Support(
            id=row["id"],
            name=row["name"] or row["id"],
            provider=row["provider"] or "",
            kind=row["kind"] or "",
            purpose=" ".join((row["purpose"] or "").split()),
            who_may_use=" ".join((row["who_may_use"] or "").split()),
            themes=tuple(row["themes"] or ()),
            general=bool(row["general"]),
            sectors=frozenset(row["sectors"] or ()),
            via=frozenset(row["via"] or ()),
            lead_only=bool(row["lead_only"]),
            where=_where(row),
            everywhere=bool(row["everywhere"]) or not (row["places"] or row["authorities"]),
            area_known=bool(row["everywhere"] or row["places"] or row["authorities"]),
            basis="elsewhere" if row["elsewhere"] else row["basis"] or "",
            opens=row["opens"],
            closes=row["closes"],
            amount_max=row["amount_max"],
            awards=row["awards"],
            limits=frozenset(row["limits"] or ()),
            last_checked=row["last_checked"],
            meant=meaning(row["purpose"]),
        )
