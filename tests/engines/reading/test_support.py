"""Who may use support, within which limits, and how it is open."""

from datetime import date

import pytest

from joinedup.engines.reading import basis
from joinedup.engines.reading.eligibility import NotAlone, not_alone
from tests.engines.reading.area import AS_OF, one, read


def support(**cells: str) -> dict[str, object]:
    return one(
        read(support=[{"id": "S", "name": "Money", "kind": "fund", "purpose": "For work.", **cells}]).support,
        "S",
    )


def test_what_the_law_requires_stands() -> None:
    assert support(closes="2027-01-31", required_by_law="Yes")["basis"] == "standing"
    assert support(closes="2027-01-31", required_by_law="false")["basis"] == "dated"


@pytest.mark.parametrize(
    ("words", "column", "sectors", "via", "lead_only"),
    [
        ("Charities", "vcs", ["vcs"], [], False),
        ("Charities", "vcs;education", ["vcs"], [], False),
        ("Charities working with schools", "", ["vcs"], [], False),
        (
            "Schools, councils and charities, alone or together",
            "",
            ["education", "local_authority", "vcs"],
            [],
            False,
        ),
        (
            "Hospital trusts; charities may be named as delivery partner but may not apply",
            "health;vcs",
            ["health"],
            ["health"],
            True,
        ),
        (
            "A youth justice service as lead, for at least two boroughs",
            "vcs",
            ["youth_justice"],
            ["youth_justice"],
            True,
        ),
        (
            "Councils; others only with a council's letter",
            "",
            ["local_authority"],
            ["local_authority"],
            False,
        ),
        ("An academy trust must lead; charities can be partners", "", ["education"], ["education"], True),
        ("School trusts or a lead school", "", ["education"], [], False),
        ("Anyone who runs services", "", None, [], False),
        ("Anyone who runs services", "vcs;housing", ["vcs", "housing"], [], False),
        ("Practitioners in health and youth work", "health;vcs", ["health", "vcs"], [], False),
        ("School and college staff", "education;vcs", ["education", "vcs"], [], False),
        (
            "Registered providers and stock-holding councils",
            "housing",
            ["housing", "local_authority"],
            [],
            False,
        ),
        (
            "Schools or trusts, min. 3 schools, lead must be a trust or council",
            "education",
            ["education", "local_authority"],
            ["education", "local_authority"],
            True,
        ),
        (
            "Charities tied to an emergency department, or the trust itself",
            "vcs;health",
            ["vcs", "health"],
            [],
            False,
        ),
        ("All", "", None, [], False),
        ("Women-led charities", "", ["vcs"], [], False),
        ("Charities in coastal local authorities", "", ["vcs"], [], False),
        ("Community safety partnerships", "", ["csp", "local_authority"], [], False),
        ("", "police", ["police"], [], False),
        ("By moonlight", "", [], [], False),
    ],
)
def test_who_may_use(
    words: str, column: str, sectors: list[str] | None, via: list[str], lead_only: bool
) -> None:
    row = support(who_may_use=words, sectors=column)
    if sectors is None:
        assert len(row["sectors"]) == 8  # every body: not young people, nor a board of bodies
    else:
        assert sorted(row["sectors"]) == sorted(sectors)
    assert (sorted(row["via"]), row["lead_only"]) == (via, lead_only)


def test_a_basis_may_say_that_only_a_lead_applies() -> None:
    row = support(
        who_may_use="NHS trusts",
        sectors="health;vcs",
        basis="competitive, lead body only",
        closes="2027-01-31",
    )
    assert (row["sectors"], row["via"], row["lead_only"], row["basis"]) == (
        ["health"],
        ["health"],
        True,
        "dated",
    )


@pytest.mark.parametrize(
    ("words", "limits"),
    [
        ("Charities with an income below £250,000", ["income_under:250000"]),
        ("Groups under 50000 turnover", ["income_under:50000"]),
        ("Charities under £1m income, led by women", ["income_under:1000000", "led_by_women"]),
        ("Councils, at least two boroughs", ["two_areas"]),
        ("Two or more housing associations together", ["two_landlords"]),
        (
            "Groups of at least three people living in Mill End, constituted or not",
            ["residents_only", "not_constituted_ok"],
        ),
        ("Constituted groups", ["constituted"]),
        ("Organisations already funded by us", ["existing_grantees"]),
        ("Maintained schools and academies", ["schools_only"]),
        ("Schools and colleges", []),
        ("An acute hospital trust as lead, with a voluntary body", ["hospital_lead", "named:vcs"]),
        ("Charities of any income", []),
    ],
)
def test_limits(words: str, limits: list[str]) -> None:
    assert support(who_may_use=words)["limits"] == limits


@pytest.mark.parametrize(
    ("words", "kind", "opens", "closes", "found"),
    [
        ("open round", "fund", None, date(2027, 1, 22), "dated"),
        ("open round", "fund", date(2027, 1, 1), date(2027, 3, 1), "dated"),
        ("open round", "fund", None, date(2026, 9, 1), "closed"),
        ("competitive", "fund", date(2018, 5, 1), None, "closed"),
        ("rolling, decided quarterly", "fund", None, None, "rolling"),
        ("invited", "fund", None, date(2027, 1, 22), "invited"),
        ("closed round", "fund", None, None, "closed"),
        ("yearly allocation", "fund", None, None, "invited"),
        ("by booking", "training", None, date(2027, 5, 1), "rolling"),
        ("", "training", date(2027, 1, 23), date(2027, 1, 23), "dated"),
        ("", "fund", None, date(2027, 1, 22), "dated"),
        ("", "service", None, None, "standing"),
        ("open round", "guidance", None, None, "standing"),
        ("", "data", None, date(2020, 1, 1), "standing"),
        ("", "fund", None, None, None),
        ("open round", "fund", None, None, None),
        ("by the light of the moon", "fund", None, None, None),
    ],
)
def test_basis(words: str, kind: str, opens: date | None, closes: date | None, found: str | None) -> None:
    assert basis.basis(words, kind, opens, closes, AS_OF)[0] == found


@pytest.mark.parametrize(
    ("given", "name", "kind"),
    [
        ("fund", "X", "fund"),
        ("Grant", "X", "fund"),
        ("trainning", "X", "training"),
        ("", "A toolkit for schools", "guidance"),
        ("", "X", None),
    ],
)
def test_kind(given: str, name: str, kind: str | None) -> None:
    assert basis.kind(given, name, "")[0] == kind


@pytest.mark.parametrize(
    ("words", "partners", "barred"),
    [
        ("Hospital trusts; charities may be named as delivery partner but may not apply", {"vcs"}, set()),
        ("An acute hospital trust as lead, with a voluntary body that delivers", {"vcs"}, set()),
        ("Charities can apply. Schools may not apply.", set(), {"education"}),
        ("Schools, councils and charities, alone or together", set(), set()),
        ("Councils, with charities", set(), set()),
        ("Constituted local charities and groups (not statutory bodies)", set(), set()),
        ("", set(), set()),
    ],
)
def test_who_may_not_apply_alone_is_what_the_words_say_outright(
    words: str, partners: set[str], barred: set[str]
) -> None:
    assert not_alone(words) == NotAlone(frozenset(partners), frozenset(barred))


def test_general_support_says_so() -> None:
    assert support(purpose="Any work with young people.")["general"] is True
    assert support(purpose="Work with young people who carry knives.")["general"] is False


def test_sums() -> None:
    row = support(amount="£1.2 million", amount_max="up to £20,000", awards="about 12")
    assert (row["amount"], row["amount_max"], row["awards"]) == (1_200_000.0, 20_000.0, "about 12")
