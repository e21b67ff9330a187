"""The past agreements and the coming topics of the demonstration, as plain text for readers who have seen nothing else.

    .venv/bin/python bench/believable.py --home FOLDER > bench/judged/demonstration/round-N/sheet.md

FOLDER: a demonstration made by `joinedup demo --no-serve`. Of every item a reader says: believable or not, and why.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def agreements() -> None:
    from django.utils import timezone
    from django.utils.formats import date_format

    from joinedup.accounts.person import Person
    from joinedup.agreements.history import chain_of
    from joinedup.agreements.models import Agreement

    for number, each in enumerate(Agreement.objects.order_by("pk"), 1):
        steps = {step.kind: step.items for step in chain_of(each, Person.operator())}
        late = (
            " (past its day)"
            if each.state in ("agreed", "started") and each.due < timezone.localdate()
            else ""
        )
        print(f"\n### {number}. {each.goal}\n")
        print(f"- Evidence: {'; '.join(f'{item.label} {item.note}'.strip() for item in steps['evidence'])}")
        print(f"- About: {each.theme} in {each.place}; agreed on {date_format(each.event.date, 'j F Y')}")
        print(f"- What: {each.action}")
        print(
            f"- Sees to it: {each.owner_partner}, {each.owner_role}. Deputy: {each.deputy_partner}, {each.deputy_role}"
        )
        for one in each.contributions.all():
            print(f"- {one.partner} puts in: {one.what}")
        print(f"- By: {date_format(each.due, 'j F Y')}. How we will know: {each.measure}")
        print(f"- Counts towards: {each.commitment}")
        silent = [str(naming.partner) for naming in each.namings.exclude(answer="yes")]
        asked = f" {', '.join(silent)} has been asked and has not answered." if silent else ""
        print(f"- How it stands: {each.get_state_display()}{late}.{asked}")
        for report in each.progress.all():
            print(f"- {date_format(report.on, 'j F Y')}: {report.text}")


def topics() -> None:
    from django.utils import timezone
    from django.utils.formats import date_format

    from joinedup.events.models import Event

    event = Event.objects.get(is_demonstration=True, is_draft=False, date__gt=timezone.localdate())
    print(f"\n## Twelve topics for {date_format(event.date, 'j F Y')}\n")
    for number, topic in enumerate(event.topics.filter(is_chosen=True).order_by("order"), 1):
        places = ", ".join(place.name for place in topic.places.all())
        about = [
            str(topic.theme or "Practical help"),
            places,
            *(f"“{each.text}”" for each in topic.contributions.all()),
        ]
        print(f"{number}. {topic.title} ({'; '.join(filter(None, about))})")
        print(f"   For: {', '.join(each.name for each in topic.parties.all()) or 'everybody'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The sheet of agreements and topics.")
    parser.add_argument("--home", type=Path, required=True)
    os.environ["JOINEDUP_HOME"] = str(parser.parse_args().home.resolve())
    from joinedup.cli.console import start_django

    start_django()
    print("# Islington, Camden and Hackney\n\n## Ten agreements")
    agreements()
    topics()
