"""The demonstration walked as each of its readers: every page in order, no link that leads nowhere, nothing leaked."""

from __future__ import annotations

import csv
import html
import re
from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import READERS
from tests.journeys.crawling import Visited
from tests.journeys.page_rules import faults, shown_text
from tests.journeys.serving import Served
from tests.words import banned


@pytest.mark.parametrize("name", READERS)
def test_every_link_that_is_offered_opens(walked: dict[str, list[Visited]], name: str) -> None:
    wrong = [
        f"{each.status} {each.address}, linked from {each.linked_from}"
        for each in walked[name]
        if each.status != 200 and not (name == "" and each.leads_to_sign_in)
    ]
    assert wrong == []
    assert len(walked[name]) >= 60
    assert len({each.kind for each in walked[name]}) >= 25


@pytest.mark.parametrize("name", READERS)
def test_every_page_is_in_order(walked: dict[str, list[Visited]], name: str) -> None:
    assert [each for page in walked[name] if page.is_page for each in faults(page)] == []


@pytest.mark.parametrize("name", READERS)
def test_every_page_speaks_as_people_do(walked: dict[str, list[Visited]], name: str) -> None:
    """Also what is made of records: sentences of opportunities, notes on sources, how a figure is worked out."""
    found = {each for page in walked[name] if page.is_page for each in banned(shown_text(page.tree))}
    assert found == set()


@pytest.mark.parametrize("name", ["", "elsewhere"])
def test_every_public_page_has_a_title_of_its_own(walked: dict[str, list[Visited]], name: str) -> None:
    """A list that is filtered or paged is one page."""
    by_title: dict[str, set[str]] = defaultdict(set)
    for page in walked[name]:
        if page.is_page:
            by_title[page.tree.findtext(".//title").strip()].add(urlsplit(page.address).path)
    assert {title: paths for title, paths in by_title.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("name", ["", "coordinator"])
def test_every_page_says_once_that_it_is_invented(walked: dict[str, list[Visited]], name: str) -> None:
    for page in walked[name]:
        if page.is_page:
            said = [
                aside.text_content()
                for aside in page.tree.xpath("//*[@class and contains(@class, 'ju-demonstration')]")
            ]
            assert len(said) == 1, page.address
            assert "are invented" in said[0]
            assert not page.tree.xpath("//*[contains(@class, 'ju-tag--demonstration')]"), page.address
            assert "invented for" not in page.body.lower(), page.address


def test_a_file_that_leaves_has_a_name_that_says_so(demonstration_site: Served) -> None:
    for address in ("/agreements.csv", f"/events/{demonstration_site.told['coming']}/calendar.ics"):
        answer = demonstration_site.reader().get(address)
        assert answer.status == 200, address
        assert 'filename="demonstration-' in answer.headers["content-disposition"], address


def test_every_list_that_leaves_writes_its_days_and_months_alike(walked: dict[str, list[Visited]]) -> None:
    sheets = [each for each in walked["coordinator"] if each.headers["content-type"].startswith("text/csv")]
    cells = [cell for each in sheets for row in csv.reader(each.body.splitlines()) for cell in row]
    other = r"\d{1,2}[/.]\d{1,2}[/.]\d{4}|(\d{1,2} )?[A-Z][a-z]+ (19|20)\d\d"
    assert {cell for cell in cells if re.fullmatch(other, cell)} == set()
    assert any(re.fullmatch(r"20\d\d-\d\d-\d\d", cell) for cell in cells)
    assert len({each.kind for each in sheets}) >= 8, {each.kind for each in sheets}


def test_a_figure_stands_with_its_source_and_its_period(walked: dict[str, list[Visited]]) -> None:
    figures = [page for page in walked[""] if page.kind == "figure"]
    assert len(figures) == 3
    for page in figures:
        source = page.tree.xpath("//main//*[contains(@class, 'ju-source')]")[0]
        assert source.xpath(".//a[starts-with(@href, '/sources/')]"), page.address
        assert any(f"20{year}" in source.text_content() for year in range(10, 30)), page.address
        assert "Licence" in source.text_content(), page.address


def test_no_list_names_an_opportunity_twice(walked: dict[str, list[Visited]]) -> None:
    """A partnership and the public may both have found an opportunity; whoever sees both reads it once."""
    twice = []
    for page in [*walked["coordinator"], *walked["youth.worker"]]:
        for each in page.tree.xpath("//main//ul | //main//ol") if page.is_page else ():
            found = each.xpath("li[.//a[starts-with(@href, '/opportunities/')]]")
            lines = [" ".join(line.text_content().split()) for line in found]
            twice += [f"{page.address}: {line[:80]}" for line in set(lines) if lines.count(line) > 1]
    assert twice == []


def hidden_words(site: Served, page: Visited) -> list[str]:
    text = html.unescape(page.body)
    return [
        f"{page.address} shows the {what} “{word[:80]}”"
        for what, words in site.told["words"].items()
        for word in words
        if word in text
    ]


@pytest.mark.parametrize("name", ["", "elsewhere"])
def test_outsiders_read_nothing_that_the_partnership_shares(
    demonstration_site: Served, walked: dict[str, list[Visited]], name: str
) -> None:
    words = demonstration_site.told["words"]
    assert all(len(found) > 1 for found in words.values()), {
        what: len(found) for what, found in words.items()
    }
    # Those of the partnership do read it, so that the words are the right ones.
    members = "".join(html.unescape(page.body) for page in walked["coordinator"])
    for what in ("local action", "opportunity", "ask", "answer not shown"):
        assert any(word in members for word in words[what]), what
    assert [each for page in walked[name] for each in hidden_words(demonstration_site, page)] == []


@pytest.mark.parametrize("name", ["", "elsewhere"])
def test_outsiders_who_know_an_address_get_nothing_either(demonstration_site: Served, name: str) -> None:
    reader = demonstration_site.reader(name)
    for address in demonstration_site.told["addresses"]:
        answer = reader.get(address)
        assert answer.status in (403, 404) or answer.leads_to_sign_in, (address, answer.status)
        assert hidden_words(demonstration_site, answer) == []


@pytest.mark.parametrize("name", ["", "elsewhere"])
def test_outsiders_find_nothing_hidden_by_searching(demonstration_site: Served, name: str) -> None:
    reader = demonstration_site.reader(name)
    words = demonstration_site.told["words"]
    for word in [*words["local action"][:6], *words["ask"][:6]]:
        answer = reader.get("/search/?q=" + word.replace(" ", "+").replace("&", "%26"))
        assert answer.status == 200
        assert not [each for each in words["address of local action"] if each in answer.body], word


def test_the_public_does_not_see_the_partnership_elsewhere(
    demonstration_site: Served, walked: dict[str, list[Visited]]
) -> None:
    names = demonstration_site.told["partners_elsewhere"]
    assert names
    assert [(p.address, n) for p in walked[""] for n in names if n in html.unescape(p.body)] == []
    assert any(n in html.unescape(p.body) for p in walked["elsewhere"] for n in names)


def test_who_comes_to_an_event_is_a_count_to_outsiders(
    demonstration_site: Served, walked: dict[str, list[Visited]]
) -> None:
    address = f"/events/{demonstration_site.told['coming']}/"
    for name in ("", "elsewhere"):
        page = next(each for each in walked[name] if each.address == address)
        text = " ".join(shown_text(page.tree).split())
        assert "Who is coming, by sector" in text
        # Every page of an event has a row that is called so.
        text = text.replace("Safeguarding lead", "")
        assert [role for role in demonstration_site.told["roles"] if role.split(",")[0] in text] == []


def test_every_form_posts_without_a_script(changed_site: Served, walked: dict[str, list[Visited]]) -> None:
    """Sent as it stands, one of each kind is taken or says what is wrong: none is refused, and none fails."""
    wrong: list[str] = []
    # Planning a day and working out opportunities take their time; test_chain presses these buttons.
    sent = {"event_plan", "opportunities"}
    for name in ("", "youth.worker", "coordinator", "administrator"):
        reader = changed_site.reader(name)
        for seen in walked[name]:
            if not seen.is_page or seen.kind in sent or not seen.tree.xpath("//form[@method='post']"):
                continue
            sent.add(seen.kind)
            # A list has the same form on every line: the first few stand for all.
            for number in range(min(5, len(seen.tree.xpath("//form[@method='post']")))):
                page = reader.get(seen.address)
                forms = page.tree.xpath("//form[@method='post']") if page.is_page else []
                if number >= len(forms):
                    break  # what was sent before closed it
                answer = reader.send(page, forms[number])
                if answer.status not in (200, 302):
                    wrong.append(
                        f"{answer.status} {answer.address}, form {number} on {page.address} as {name}"
                    )
    assert wrong == []
    assert len(sent) >= 15
