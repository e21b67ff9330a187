"""The shipped words come in whole, once, and say what is our reading."""

from pathlib import Path

import pytest

from joinedup.taxonomy.loading import load
from joinedup.taxonomy.models import Approach, Factor, Mix, Sector, Theme
from tests.conftest import REPO

SHIPPED = REPO / "src" / "joinedup" / "data" / "reference"

pytestmark = pytest.mark.django_db


def test_the_shipped_words_come_in_whole_and_only_once() -> None:
    expected = {"sectors": 16, "themes": 26, "mix": 208, "approaches": 16, "factors": 40}
    for _ in range(2):
        assert load(SHIPPED) == expected
    models = (Sector, Theme, Mix, Approach, Factor)
    assert [m.objects.count() for m in models] == list(expected.values())


def test_the_eight_sectors_of_the_press_release_are_told_from_the_later_ones() -> None:
    load(SHIPPED)
    assert Sector.objects.filter(in_press_release=True).count() == 8
    assert not Sector.objects.get(pk="young_people").in_press_release


def test_a_theme_has_its_levels_and_factors_as_lists() -> None:
    load(SHIPPED)
    theme = Theme.objects.get(pk="county-lines")
    assert (theme.levels, theme.factors) == (["secondary", "tertiary"], ["F35", "F31"])


def test_what_does_harm_is_marked_and_what_is_unknown_stays_empty() -> None:
    load(SHIPPED)
    assert set(Approach.objects.filter(harmful=True).values_list("slug", flat=True)) == {
        "prison-awareness-visits",
        "shock-style-deterrence",
    }
    assert set(Approach.objects.filter(strength=None).values_list("slug", flat=True)) == {
        "arts-programmes",
        "boot-camps",
    }
    assert "our reading" in Approach.objects.get(pk="mentoring").notes
    assert "unknown" in Approach.objects.get(pk="arts-programmes").notes


def test_approaches_say_what_was_published_and_leave_the_rest_blank() -> None:
    load(SHIPPED)
    approach = Approach.objects.get(pk="focused-deterrence")
    assert (approach.effect, approach.evidence, approach.cost, approach.strength) == ("HIGH", "high", "", 0.8)
    assert [theme.pk for theme in approach.themes.all()] == ["group-conflict"]
    assert [len(each.urls) for each in Approach.objects.filter(pk__in=["mentoring", "arts-programmes"])] == [
        1,
        2,
    ]
    assert not Approach.objects.filter(harmful=True, themes__isnull=False).exists()


def test_an_approach_of_an_unknown_theme_is_refused(tmp_path: Path) -> None:
    for path in SHIPPED.glob("*.csv"):
        said = path.read_text(encoding="utf-8").replace(",trusted-adult,", ",trusted,")
        (tmp_path / path.name).write_text(
            said if path.stem == "approaches" else path.read_text(encoding="utf-8")
        )
    with pytest.raises(ValueError, match=r"approaches.csv: no such theme: trusted\."):
        load(tmp_path)


def test_ethnicity_is_never_called_a_risk() -> None:
    load(SHIPPED)
    assert Factor.objects.get(pk="F04").kind == "disproportionality"
    assert not Factor.objects.filter(kind="risk", text__icontains="ethnic").exists()


def test_loading_again_puts_the_wording_back_and_keeps_what_somebody_added() -> None:
    load(SHIPPED)
    Theme.objects.filter(pk="county-lines").update(name="Other")
    Theme.objects.create(slug="ours", name="Ours")
    load(SHIPPED)
    assert Theme.objects.get(pk="county-lines").name == "County lines and criminal exploitation"
    assert Theme.objects.filter(pk="ours").exists()


def test_a_broken_file_brings_in_nothing(tmp_path: Path) -> None:
    for path in SHIPPED.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "mix.csv").write_text("theme,sector,weight\ncounty-lines,police,much\n", encoding="utf-8")
    with pytest.raises(ValueError):
        load(tmp_path)
    assert not Sector.objects.exists()


def test_the_copy_that_ships_says_what_the_sources_say(shared: Path) -> None:
    """The compact copy may shorten wording, never lose a row."""
    for name in ("sectors", "taxonomy", "mix", "factors", "support", "commitments"):
        ours = (SHIPPED / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        theirs = (shared.parent / "reference" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert [line.split(",")[0] for line in ours] == [line.split(",")[0] for line in theirs]
