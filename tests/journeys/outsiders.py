"""What the small world's North keeps to itself, and where somebody outside it reads that."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from joinedup.agreements.models import PartnerContribution
from joinedup.events.models import Topic
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.partners.models import Contact, Partner
from tests.journeys.crawling import Visited
from tests.world import World


def addresses_on(pages: Iterable[Visited]) -> set[str]:
    """Those of the pages, those that they link to, and those that their forms are sent to; never to sign out."""
    found = set()
    for page in pages:
        sent = (str(each) for each in page.tree.xpath("//main//form/@action"))
        found |= {each for each in (page.address, *page.links(), *sent) if not each.startswith("/account/")}
    return found


def hidden_words(world: World, more: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What North's records say and neither the public nor Charlie may read, by what it is."""
    kept = Opportunity.objects.select_related("place", "theme")
    shared = kept.filter(audience="partnership").exclude(spotted_by=world.charlie)
    read_by_all = {text for each in kept.filter(audience="public") for text in (each.sentence, each.heading)}
    # Everybody reads an agenda; local action that begins from it is called as its topic is.
    read_by_all |= set(Topic.objects.values_list("title", flat=True))
    partners = Partner.objects.filter(footprints=world.north).exclude(marking="public")
    hidden = Initiative.objects.exclude(marking="public")
    return {
        "partner": set(partners.values_list("name", flat=True)),
        "local action": set(hidden.values_list("name", flat=True)) - read_by_all,
        "sentence": set(shared.values_list("sentence", flat=True)) - read_by_all,
        "heading": {each.heading for each in shared} - read_by_all,
        "answer": {each.get_word_display() for each in Answer.objects.all()},
        "contact": set(Contact.objects.values_list("role", flat=True)),
        "contribution": set(PartnerContribution.objects.values_list("what", flat=True)),
        **more,
    }


def leaks(page: Visited, words: Mapping[str, Iterable[str]]) -> list[str]:
    text = html.unescape(page.body)
    return [
        f"{page.address} shows the {what} “{word}”"
        for what, held in words.items()
        for word in held
        if word in text
    ]
