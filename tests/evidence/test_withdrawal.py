"""A file that should not count: seen beforehand, withdrawn, remembered, put back; what it hid counts again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.cli import main
from joinedup.evidence import actions, consequences, follow, observations, queries, withdrawal
from joinedup.evidence.models import Dataset, Figure, Need
from tests.world import World

As = Callable[[str], Client]
OPERATOR = Person.operator()
AS_OF = datetime.date(2026, 11, 20)
HEADER = "Short Desc,Data item,Years,LA and Regions,Values,LA Number,Region\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path / "home"


def suspensions(folder: Path, year: str, values: dict[str, float]) -> Path:
    """The rate of suspensions, in the publisher's shape. The figures are ours."""
    rows = (f"TotFixedEx,Suspensions,{year},{place},{value},1,\n" for place, value in values.items())
    path = folder / f"{year.replace('/', '-')}-{len(values)}-{sum(values.values())}.csv"
    path.write_text(HEADER + "".join(rows))
    return path


@pytest.fixture
def three(world: World, tmp_path: Path) -> list[Dataset]:
    """A release, the next with a year more, and a slip of the keyboard."""
    made = [
        suspensions(tmp_path, "2022/23", {"Northton": 4, "Eastton": 5, "Southton": 6}),
        suspensions(tmp_path, "2023/24", {"Northton": 4.5, "Eastton": 5.5, "Southton": 6.5}),
        suspensions(tmp_path, "2023/24", {"Northton": 450, "Eastton": 5.5}),
    ]
    for path in made:
        actions.import_file(by=OPERATOR, path=path)
    follow.recompute(by=OPERATOR, as_of=AS_OF)
    return list(Dataset.objects.order_by("pk"))


def shown() -> dict[str, tuple[str, float | None]]:
    return {
        each.place.name: (each.period, each.value)
        for each in Figure.objects.filter(indicator="suspensions").select_related("place")
    }


def kept() -> dict[str, Any]:
    """All that withdrawing can change."""
    return {
        "datasets": list(Dataset.objects.order_by("pk").values()),
        "figures": list(Figure.objects.order_by("indicator", "place").values()),
        "needs": list(Need.objects.order_by("place", "theme").values()),
    }


def withdraw(dataset: Dataset, by: Person = OPERATOR) -> follow.Recomputed:
    return withdrawal.withdraw(by=by, dataset=dataset, because="A nought too many", as_of=AS_OF)


def test_what_it_replaced_counts_again(three: list[Dataset]) -> None:
    assert shown()["Northton"] == ("2023/24", 450)
    before = AuditEntry.objects.count()
    withdraw(three[2])
    assert shown() == {
        "Northton": ("2023/24", 4.5),
        "Eastton": ("2023/24", 5.5),
        "Southton": ("2023/24", 6.5),
    }
    (entry,) = AuditEntry.objects.order_by("-pk")[: AuditEntry.objects.count() - before]
    assert (entry.action, entry.record_id) == ("dataset.withdraw", str(three[2].pk))
    assert entry.before["withdrawn_because"] == ""
    assert entry.after["withdrawn_because"] == "A nought too many"
    row = Dataset.objects.get(pk=three[2].pk)
    assert row.withdrawn_at is not None
    assert row.withdrawn_by == OPERATOR.name
    assert [each.pk for each in queries.datasets()] == [three[1].pk]
    assert consequences.withdrawn() == [row]


def test_withdrawn_and_put_back_is_as_it_was(three: list[Dataset]) -> None:
    """From the top, the middle and the bottom of a series."""
    for row in three:
        before = kept()
        withdraw(row)
        assert kept() != before
        withdrawal.put_back(by=OPERATOR, dataset=row, as_of=AS_OF)
        assert kept() == before
    assert AuditEntry.objects.filter(action="dataset.put_back").count() == 3


def test_one_out_of_the_middle_joins_its_neighbours(three: list[Dataset]) -> None:
    withdraw(three[1])
    first, _, last = Dataset.objects.order_by("pk")
    assert (first.replaced_by, last.replaced_by) == (last, None)
    assert shown()["Southton"] == ("2023/24", None), "only the withdrawn file had that year for it"


def test_without_any_file_no_figure_stands(three: list[Dataset]) -> None:
    for row in three:
        withdraw(row)
    assert not Figure.objects.exists()
    assert not Need.objects.exists()
    assert queries.datasets() == []
    assert len(consequences.withdrawn()) == 3


def test_the_same_file_brought_again_is_taken_in(three: list[Dataset], tmp_path: Path) -> None:
    withdraw(three[2])
    path = suspensions(tmp_path, "2023/24", {"Northton": 450, "Eastton": 5.5})
    again = actions.import_file(by=OPERATOR, path=path)
    assert not again.already
    assert again.dataset is not None
    with pytest.raises(ValidationError, match=f"brought in again since, as ID {again.dataset.pk}"):
        withdrawal.put_back(by=OPERATOR, dataset=three[2], as_of=AS_OF)
    assert actions.import_file(by=OPERATOR, path=path).already


def test_a_reason_is_needed_and_once_is_enough(three: list[Dataset]) -> None:
    before = kept()
    with pytest.raises(ValidationError, match="Say why"):
        withdrawal.withdraw(by=OPERATOR, dataset=three[2], because=" ", as_of=AS_OF)
    with pytest.raises(ValidationError, match="is not withdrawn"):
        withdrawal.put_back(by=OPERATOR, dataset=three[2], as_of=AS_OF)
    assert kept() == before
    withdraw(three[2])
    with pytest.raises(ValidationError, match="withdrawn already"):
        withdraw(three[2])


def test_figures_that_cannot_be_worked_out_leave_it_as_it_was(
    three: list[Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept()

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("joinedup.evidence.recompute.work_out", fails)
    with pytest.raises(RuntimeError):
        withdraw(three[2])
    assert kept() == before
    assert not AuditEntry.objects.filter(action="dataset.withdraw").exists()


def test_a_file_that_is_gone_can_be_withdrawn_and_no_other(three: list[Dataset], home: Path, as_: As) -> None:
    (home / "store" / three[0].stored_as).unlink()
    page = as_("admin").get(f"/sources/{three[2].pk}/withdraw/", follow=True)
    assert page.redirect_chain == [(f"/sources/{three[2].pk}/", 302)]
    assert f"withdraw it (ID {three[0].pk})" in page.content.decode()
    assert as_("admin").get(f"/sources/{three[0].pk}/withdraw/").status_code == 200
    with pytest.raises(ValidationError, match=rf"withdraw it \(ID {three[0].pk}\)"):
        withdraw(three[2])
    withdraw(three[0])
    assert shown()["Northton"] == ("2023/24", 450)
    with pytest.raises(ValidationError, match="gone from the store"):
        withdrawal.put_back(by=OPERATOR, dataset=three[0], as_of=AS_OF)


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "alice", "lead"])
def test_only_an_administrator_withdraws(world: World, three: list[Dataset], who: str) -> None:
    with pytest.raises(PermissionDenied):
        withdraw(three[2], world.person(who))
    withdraw(three[2], world.person("admin"))
    with pytest.raises(PermissionDenied):
        withdrawal.put_back(by=world.person(who), dataset=three[2], as_of=AS_OF)


def test_beforehand_it_is_said_what_would_become(three: list[Dataset]) -> None:
    before = kept()
    last = consequences.consequences(three[2], AS_OF)
    assert [(each.indicator, each.gone, each.other) for each in last.changes] == [
        ("Suspensions from school", 0, 1)
    ]
    assert last.again == [three[1]]
    middle = consequences.consequences(three[1], AS_OF)
    assert [(each.gone, each.other) for each in middle.changes] == [(1, 0)]
    assert middle.again == [], "the release before has other years"
    assert kept() == before


def test_the_page_shows_first_then_withdraws_and_puts_back(three: list[Dataset], as_: As) -> None:
    admin, row = as_("admin"), three[2]
    assert f"/sources/{row.pk}/withdraw/" in admin.get(f"/sources/{row.pk}/").content.decode()
    page = admin.get(f"/sources/{row.pk}/withdraw/").content.decode()
    assert "0 figures would be gone." in page
    assert "1 figure would be another" in page
    assert f'href="/sources/{three[1].pk}/"' in page
    before = kept()
    assert "Say why it should not count." in admin.post(f"/sources/{row.pk}/withdraw/").content.decode()
    assert kept() == before
    done = admin.post(f"/sources/{row.pk}/withdraw/", {"because": "A nought too many"}, follow=True)
    assert done.redirect_chain[-1][0] == f"/sources/{row.pk}/"
    assert "A nought too many" in done.content.decode()
    assert shown()["Northton"] == ("2023/24", 4.5)
    listed = admin.get("/sources/").content.decode()
    assert "Withdrawn, and not read" in listed
    assert "A nought too many" in listed
    admin.post(f"/sources/{row.pk}/put-back/")
    assert shown()["Northton"] == ("2023/24", 450)
    assert kept()["figures"] == before["figures"]


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "alice", "lead"])
def test_an_outsider_finds_neither_the_button_nor_what_was_withdrawn(
    three: list[Dataset], as_: As, who: str
) -> None:
    browser, row = as_(who), three[2]
    assert "/withdraw/" not in browser.get(f"/sources/{row.pk}/").content.decode()
    before = kept()
    refused = {302} if who == "nobody" else {404}
    for page in ("withdraw", "put-back"):
        assert browser.post(f"/sources/{row.pk}/{page}/", {"because": "x"}).status_code in refused
    assert browser.get(f"/sources/{row.pk}/withdraw/").status_code in refused
    assert kept() == before
    withdraw(row)
    assert browser.get(f"/sources/{row.pk}/").status_code == 404
    for page in ("/sources/", f"/sources/{three[1].pk}/"):
        told = browser.get(page).content.decode()
        assert "A nought too many" not in told
        assert f"/sources/{row.pk}/" not in told


def joinedup(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def test_the_command_shows_first_withdraws_and_puts_back(three: list[Dataset]) -> None:
    row = three[2]
    before = kept()
    told = joinedup("datasets", "--withdraw", row.pk, "--dry-run")
    assert told.exit_code == 0
    assert f"Would withdraw Local Authority Interactive Tool (ID {row.pk})." in told.stdout
    assert "Suspensions from school: 0 gone, 1 changed" in told.stdout
    assert f"(ID {three[1].pk})" in told.stdout
    assert kept() == before
    done = json.loads(
        joinedup("datasets", "--withdraw", row.pk, "--because", "A nought too many", "--json").stdout
    )
    assert (done["withdrawn"], done["figures_gone"], done["figures_changed"]) == (True, 0, 1)
    assert done["read_again"] == [{"id": three[1].pk, "title": three[1].title}]
    listed = joinedup("datasets").stdout
    assert f"ID {three[1].pk}; 2023/24 to 2023/24" in listed.split("Withdrawn, and not read:")[0]
    assert f"Earlier: ID {three[0].pk}" in listed
    assert "A nought too many" in listed.split("Withdrawn, and not read:")[1]
    held, gone = json.loads(joinedup("datasets", "--json").stdout)
    assert (held["id"], held["withdrawn"], [each["id"] for each in held["earlier"]]) == (
        three[1].pk,
        None,
        [three[0].pk],
    )
    assert (gone["id"], gone["withdrawn"]["because"]) == (row.pk, "A nought too many")
    assert joinedup("datasets", "--put-back", row.pk).exit_code == 0
    assert shown()["Northton"] == ("2023/24", 450)
    assert observations.newest_first()[0].pk == row.pk


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--withdraw", "999", "--because", "x"], 1, "There is no dataset with the ID 999"),
        (["--put-back", "999"], 1, "There is no dataset with the ID 999"),
        (["--withdraw", "1"], 2, "Say why with --because"),
        (["--withdraw", "1", "--put-back", "1"], 2, "not both"),
        (["--because", "x"], 2, "go with --withdraw"),
    ],
)
def test_wrong_use_is_one_sentence(world: World, words: list[str], code: int, says: str) -> None:
    told = joinedup("datasets", *words)
    assert (told.exit_code, told.stdout) == (code, "")
    assert says in told.stderr.splitlines()[-1]
