"""Every address of the site, with the key of every record in it, so that no page is forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from joinedup.accounts.links import make_link
from joinedup.mail.kinds import off_link
from joinedup.voice.replies_by_mail import version_of

# The record that the argument of an address names, where the address's first word does not say it.
RECORDS: dict[str, tuple[str, str]] = {
    "agreement": ("agreements.Agreement", "pk"),
    "ask": ("partners.Ask", "pk"),
    "attending": ("registration.Attendee", "token"),
    "commitment": ("strategy.Commitment", "ref"),
    "contact": ("partners.Contact", "pk"),
    "contribute": ("voice.Host", "token"),
    "contribution_thanks": ("voice.Contribution", "withdraw_code"),
    "contribution": ("voice.Contribution", "pk"),
    "contribution_withdraw": ("voice.Contribution", "withdraw_code"),
    "clusters_feed": ("clusters.Follower", "token"),
    "clusters": ("places.Footprint", "slug"),
    "contact_add": ("partners.Partner", "slug"),
    "conversation": ("voice.Conversation", "slug"),
    "conversation_open": ("events.Event", "slug"),
    "ask_add": ("partners.Partner", "slug"),
    "dataset": ("evidence.Dataset", "pk"),
    "event": ("events.Event", "slug"),
    "factor": ("mfa.Authenticator", "pk"),
    "figure": ("evidence.Figure", "pk"),
    "first": ("places.Footprint", "slug"),
    "initiative": ("initiatives.Initiative", "slug"),
    "invitation": ("registration.Invitation", "token"),
    "link": ("partners.Partner", "slug"),
    "moderate": ("voice.Conversation", "slug"),
    "merge": ("partners.Merge", "pk"),
    "my_calendar": ("accounts.Preference", "calendar_token"),
    "not": ("support.NotForUs", "pk"),
    "offer": ("support.Offer", "slug"),
    "offer_list": ("support.OfferList", "pk"),
    "offer_list_drop": ("support.OfferList", "pk"),
    "offer_list_undo": ("support.OfferList", "pk"),
    "opportunity": ("opportunities.Opportunity", "pk"),
    "partner": ("partners.Partner", "slug"),
    "passkey": ("mfa.Authenticator", "pk"),
    "person": ("accounts.User", "pk"),
    "person_erase": ("accounts.User", "pk"),
    "person_closed": ("accounts.Closing", "pk"),
    "place": ("places.Place", "code"),
    "partnership": ("places.Footprint", "slug"),
    "practice": ("visits.PracticeCard", "slug"),
    "programme": ("events.Programme", "slug"),
    "response": ("results.Response", "pk"),
    "role": ("accounts.Grant", "pk"),
    "second": ("accounts.User", "pk"),
    "session": ("events.Session", "pk"),
    "sitting": ("tables.Sitting", "pk"),
    "speaker": ("events.Speaker", "pk"),
    "stop": ("events.Stop", "pk"),
    "two": ("partners.TwoBodies", "pk"),
    "upload_new": ("places.Footprint", "slug"),
    "upload": ("spreadsheets.Upload", "pk"),
    "uploads": ("places.Footprint", "slug"),
    "venue": ("events.Venue", "pk"),
    "visit": ("visits.Visit", "slug"),
}
NEVER = re.compile(r"csrfmiddlewaretoken[^>]*value=\"[^\"]*\"|nonce=\"[^\"]*\"|<code>[0-9a-f]{32}</code>")


def patterns() -> Iterator[URLPattern]:
    waiting: list[Any] = list(get_resolver().url_patterns)
    while waiting:
        each = waiting.pop()
        if isinstance(each, URLResolver):
            waiting += each.url_patterns
        else:
            yield each


def addresses() -> list[str]:
    """Every address of every record that is held now, whoever may see it."""
    found: set[str] = set()
    for pattern in patterns():
        found |= set(_filled(pattern))
    return sorted(found)


def _filled(pattern: URLPattern) -> Iterator[str]:
    name, arguments = str(pattern.name), pattern.pattern.converters
    if not arguments:
        yield reverse(name)
    elif name == "welcome":
        for user in apps.get_model("accounts", "User").objects.all():
            yield reverse(name, args=[make_link("welcome", user.pk, user)])
    elif name in ("sign_in_service", "sign_in_service_back"):
        for each in settings.SIGN_IN_SERVICES:
            yield reverse(name, args=[each["slug"]])
    elif name == "answer_by_mail":
        for token in _mailed():
            for word in ("interested", "already", "not_us"):
                yield reverse(name, args=[word, token])
    elif name == "response_by_mail":
        for response in apps.get_model("results", "Response").objects.exclude(about=None):
            for contact in response.about.contacts.all():
                yield reverse(name, args=[make_link("response-answer", response.pk, contact.email)])
    elif name in ("brief", "brief_word"):
        for speaker in apps.get_model("events", "Speaker").objects.exclude(email=""):
            yield reverse(name, args=[make_link("brief", speaker.event_id, speaker.email)])
    elif name == "mails_off":
        for user in apps.get_model("accounts", "User").objects.all():
            for kind in ("digest", "agreements"):
                yield reverse(name, args=[make_link("mails-off", kind, user)])
    elif name == "address_mails_off":
        for contact in apps.get_model("partners", "Contact").objects.exclude(email=""):
            yield off_link(contact.email, "invitations").removeprefix(settings.SITE_URL)
    elif name in ("naming_by_mail", "report_by_mail", "young_marks"):
        for token in _mailed_of_agreements(name):
            yield reverse(name, args=[token])
    elif name == "reply_by_mail":
        for reply in apps.get_model("voice", "PartnerReply").objects.all():
            for contact in reply.partner.contacts.all():
                yield reverse(
                    name, args=[make_link("partner-reply", f"{reply.pk}.{version_of(reply)}", contact.email)]
                )
    elif name == "offer_check_by_mail":
        # Charlie looks after none of them: a link of theirs leads nowhere.
        charlie = apps.get_model("accounts", "User").objects.get(email="charlie@example.org")
        for offer in apps.get_model("support", "Offer").objects.all():
            yield reverse(name, args=[make_link("support-check", offer.pk, charlie)])
    elif name == "offer_not_for_us":
        for offer in apps.get_model("support", "Offer").objects.all():
            for partner in apps.get_model("partners", "Partner").objects.exclude(slug="far-harbour"):
                yield reverse(name, args=[offer.slug, partner.pk])
    elif name == "event_topic":
        for topic in apps.get_model("events", "Topic").objects.select_related("event"):
            yield reverse(name, args=[topic.event.slug, topic.pk])
    elif name == "event_person_address":
        for attendee in apps.get_model("registration", "Attendee").objects.filter(number__lte=3):
            yield reverse(name, args=[attendee.event.slug, attendee.pk])
    elif name == "event_invitation":
        for invited in apps.get_model("registration", "Invitation").objects.select_related("event"):
            yield reverse(name, args=[invited.event.slug, invited.pk])
    elif name.startswith("attending") and "round" not in arguments and "pk" not in arguments:
        # Two who lead a table and one who does not, each of another body: the others come as the third does.
        for attendee in apps.get_model("registration", "Attendee").objects.filter(number__lte=3):
            yield reverse(name, args=[attendee.token])
    elif "round" in arguments:
        # Two who come: the pages of a table are the same for all who lead one.
        seats = apps.get_model("tables", "Seat").objects.filter(attendee__number__lte=2)
        for seat in seats.select_related("attendee", "sitting"):
            more = [1] if "pk" in arguments else []
            yield reverse(name, args=[seat.attendee.token, seat.sitting.round, *more])
    elif name in ("cluster", "cluster_settle"):
        for each in apps.get_model("clusters", "Cluster").objects.select_related("scan__footprint"):
            yield reverse(name, args=[each.scan.footprint.slug, each.pk])
    elif name in ("cluster_scan", "clusters_give_up"):
        for each in apps.get_model("clusters", "Scan").objects.select_related("footprint"):
            yield reverse(name, args=[each.footprint.slug, each.pk])
    elif name == "cluster_take_back":
        for each in apps.get_model("clusters", "Outcome").objects.select_related("cluster__scan__footprint"):
            yield reverse(name, args=[each.cluster.scan.footprint.slug, each.pk])
    elif name == "clusters_unfollow":
        for each in apps.get_model("clusters", "Follower").objects.select_related("footprint"):
            yield reverse(name, args=[each.footprint.slug, each.pk])
    elif name == "partnership_take_back":
        for each in apps.get_model("places", "FootprintChange").objects.select_related("footprint"):
            yield reverse(name, args=[each.footprint.slug, each.pk])
    elif name == "link_remove":
        for link in apps.get_model("partners", "Link").objects.select_related("first", "second"):
            for side in (link.first, link.second):
                yield reverse(name, args=[side.slug, link.pk])
    else:
        model, field = RECORDS.get(name) or RECORDS[name.split("_")[0]]
        for key in apps.get_model(model).objects.order_by("pk").values_list(field, flat=True):
            yield reverse(name, args=[key])


def _mailed() -> Iterator[str]:
    """The link of every mail that may have asked somebody about an opportunity."""
    for chance in apps.get_model("opportunities", "Opportunity").objects.prefetch_related(
        "parties__contacts"
    ):
        for partner in chance.parties.all():
            for contact in partner.contacts.all():
                yield make_link("opportunity-answer", f"{chance.pk}.{partner.pk}", contact.email)


def _mailed_of_agreements(name: str) -> Iterator[str]:
    """The link of every mail that may have asked somebody, or a host's young people, about an agreement."""
    for contact in apps.get_model("partners", "Contact").objects.all():
        for agreement in apps.get_model("agreements", "Agreement").objects.all():
            if name == "report_by_mail":
                yield make_link("report", f"{agreement.pk}.{contact.partner_id}", contact.email)
            elif name == "naming_by_mail":
                yield make_link("naming", f"{agreement.pk}.{contact.partner_id}", contact.email)
            else:
                yield make_link("young_marks", f"{agreement.event_id}:{contact.partner_id}", contact.email)


def without_what_always_differs(page: bytes) -> str:
    """A page without what is fresh in every answer: the tokens of its forms."""
    return NEVER.sub("", page.decode(errors="replace"))


# Headers that are fresh in every answer, and where it leads, which is told apart.
FRESH = {
    "content-security-policy",
    "x-request-id",
    "expires",
    "location",
    "content-length",
    "date",
    "last-modified",
    "etag",
}


def press(browser: Client, address: str, sent: dict[str, Any]) -> Any:
    """The answer to a form, sent as a browser sends one that has no file: to take apart one with
    files takes an eighth of the time of an answer."""
    return browser.post(address, urlencode(sent), content_type="application/x-www-form-urlencoded")


def read(browser: Client, address: str, sent: dict[str, Any] | None = None) -> tuple[int, str, str]:
    """(status, headers and page, where it leads) of one GET, or of one POST where something is `sent`."""
    answer = browser.get(address) if sent is None else press(browser, address, sent)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    page = f"{headers_of(answer)}\n{without_what_always_differs(body)}"
    return answer.status_code, page, answer.headers.get("Location", "")


def headers_of(answer: Any) -> str:
    """What an answer says besides its page: headers, and which cookies it sets."""
    told = [f"{name}: {value}" for name, value in answer.headers.items() if name.lower() not in FRESH]
    return "\n".join(sorted([*told, *(f"sets {name}" for name in answer.cookies)]))


def everything_kept() -> dict[str, list[dict[str, Any]]]:
    """Every row of every model but sessions, to see whether anything changed."""
    return {
        model._meta.label: [
            {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
            for row in model._base_manager.order_by("pk")
        ]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label != "accounts.Session"
    }


@dataclass(frozen=True)
class Walk:
    """`answers`: by address, the status, the content type and the page. Before and after it: every row that is kept."""

    answers: dict[str, tuple[int, str, str]]
    before: dict[str, list[dict[str, Any]]]
    after: dict[str, list[dict[str, Any]]]


def walk_as(browser: Client) -> Walk:
    answers, before = {}, everything_kept()
    for address in addresses():
        answer = browser.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        answers[address] = (answer.status_code, answer.headers["Content-Type"], body.decode(errors="replace"))
    return Walk(answers, before, everything_kept())


As = Callable[[str], Client]
