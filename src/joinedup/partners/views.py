"""Pages about partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.permissions import may, require
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.partners import actions
from joinedup.partners.confirmation import thanks
from joinedup.partners.duplicates import looks_like
from joinedup.partners.forms import (
    AddPartnerForm,
    ChangePartnerForm,
    ContactForm,
    LinkForm,
    PartnerAskForm,
    SuccessorForm,
    keep_unseen,
)
from joinedup.partners.models import Ask, Contact, Link, Partner
from joinedup.partners.old_addresses import leads_on
from joinedup.partners.queries import shares_a_partnership
from joinedup.partners.succession import succeed_partner, take_back_successor
from joinedup.partners.undelivered import waits_for_new_address


def visible_partner(request: Request, slug: str) -> Partner:
    """The partner of a page, or not found where its reader may not see it."""
    return get_object_or_404(Partner.objects.visible_to(request.person), slug=slug)


def _refused(form: forms.Form | forms.ModelForm, error: ValidationError) -> Partner | None:
    """Put an action's refusal on the form, and return the partner that exists already."""
    form.add_error(None, error.messages[0])
    return getattr(error, "partner", None)


def _ask_about(request: Request, form: AddPartnerForm | ChangePartnerForm, partner: Partner) -> None:
    """Say what of a saved record may be a mistake: a number in the wrong box, a body that is here already."""
    if doubt := form.doubt(partner):
        messages.warning(request, doubt)
    if not may(request.person, "partner.merge", partner):
        return
    for pair in looks_like(request.person, partner)[:1]:
        other = pair.first if pair.second.pk == partner.pk else pair.second
        said = _(
            "It looks like %(other)s (%(why)s). Under “The same body twice” you can make them one record."
        )
        messages.warning(request, said % {"other": other, "why": pair.why})


@login_required
def partner_add(request: Request) -> HttpResponse:
    require(request.person, "partner.add")
    form = AddPartnerForm(request.POST or None, coordinated_ids=request.person.coordinated_ids)
    existing = None
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_partner(by=request.person, **form.details())
        except ValidationError as error:
            existing = _refused(form, error)
        else:
            messages.success(request, _("%(name)s is recorded.") % {"name": added})
            _ask_about(request, form, added)
            return redirect("partner", added.slug)
    return render(request, "partners/add.jinja", {"form": form, "existing": existing})


@login_required
@leads_on
@one_at_a_time
def partner_edit(request: Request, slug: str) -> HttpResponse:
    partner = visible_partner(request, slug)
    require(request.person, "partner.change", on=partner)
    footprints = frozenset(f.pk for f in partner.footprints.all())
    statutory = may(request.person, "partner.add", partner)
    form = ChangePartnerForm(
        request.POST or None, instance=partner, footprint_ids=footprints, may_say_statutory=statutory
    )
    watch(form, partner)
    existing = None
    if request.method == "POST" and form.is_valid():
        details = form.details() | {"serves": keep_unseen(form, "serves", partner)}
        try:
            actions.change_partner(by=request.person, partner=partner, **details)
        except ValidationError as error:
            existing = _refused(form, error)
        else:
            messages.success(request, _("Saved."))
            _ask_about(request, form, partner)
            return redirect("partner", slug)
    context = {"form": form, "existing": existing, "partner": visible_partner(request, slug)}
    return render(request, "partners/edit.jinja", context)


@login_required
@leads_on
def partner_confirm(request: Request, slug: str) -> HttpResponse:
    """A link in a mail leads here. Mail scanners follow links, so only the button confirms."""
    partner = visible_partner(request, slug)
    require(request.person, "partner.confirm", on=partner)
    if request.method == "POST":
        actions.confirm_partner(by=request.person, partner=partner)
        messages.success(request, thanks(partner, request.person))
        return redirect("partner", slug)
    return render(request, "partners/confirm.jinja", {"partner": partner})


def _added(request: Request, form: Any, partner: Partner, title: str, add: Any) -> HttpResponse:
    """The page of a small form about a partner: show it, or do `add` with the input."""
    if request.method == "POST" and form.is_valid():
        try:
            add(by=request.person, partner=partner, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            messages.success(request, _("Saved."))
            return redirect("partner", partner.slug)
    return render(request, "partners/small_form.jinja", {"form": form, "partner": partner, "title": title})


@login_required
@leads_on
def partner_successor(request: Request, slug: str) -> HttpResponse:
    """Say which body takes over, and from when; or take that back, if it is said."""
    partner = visible_partner(request, slug)
    require(request.person, "partner.succeed", on=partner)
    form = SuccessorForm(request.POST or None, person=request.person, partner=partner)
    if partner.succeeded_by_id is not None:
        if request.method == "POST":
            take_back_successor(by=request.person, partner=partner)
            messages.success(request, _("Taken back."))
        return redirect("partner", slug)
    return _added(request, form, partner, _("Another body takes over"), succeed_partner)


@login_required
@leads_on
def ask_add(request: Request, slug: str) -> HttpResponse:
    partner = visible_partner(request, slug)
    require(request.person, "ask.add", on=partner)
    form = PartnerAskForm(request.POST or None)
    return _added(request, form, partner, _("What do you need, what can you give?"), actions.add_ask)


@login_required
@leads_on
def contact_add(request: Request, slug: str) -> HttpResponse:
    partner = visible_partner(request, slug)
    require(request.person, "partner.change", on=partner)
    return _added(
        request, ContactForm(request.POST or None), partner, _("Add a contact"), actions.add_contact
    )


@login_required
@one_at_a_time
def contact_change(request: Request, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.select_related("partner"), pk=pk)
    partner = contact.partner
    if not shares_a_partnership(request.person, partner):
        raise Http404
    require(request.person, "partner.change", on=partner)
    form = ContactForm(request.POST or None, instance=contact)
    watch(form, contact)

    def change(*, partner: Partner, **details: Any) -> None:
        actions.change_contact(contact=contact, **details)
        if waits_for_new_address(request.person, contact.email):
            messages.info(
                request,
                _(
                    "Mails to the old address did not arrive. “Mails that did not arrive” in My work sends them to "
                    "the new one."
                ),
            )

    return _added(request, form, partner, _("Correct a contact"), change)


@login_required
@leads_on
def link_add(request: Request, slug: str) -> HttpResponse:
    partner = visible_partner(request, slug)
    require(request.person, "link.add", on=partner)
    form = LinkForm(request.POST or None, person=request.person, partner=partner)
    return _added(request, form, partner, _("Say who works together already"), actions.add_link)


@login_required
@require_POST
def ask_close(request: Request, pk: int) -> HttpResponse:
    return _close_or_reopen(request, pk, actions.close_ask, _("Closed. You can open it again below."))


@login_required
@require_POST
def ask_reopen(request: Request, pk: int) -> HttpResponse:
    return _close_or_reopen(request, pk, actions.reopen_ask, _("Open again."))


def _close_or_reopen(request: Request, pk: int, act: Any, said: str) -> HttpResponse:
    ask = get_object_or_404(Ask.objects.visible_to(request.person).select_related("partner"), pk=pk)
    try:
        act(by=request.person, ask=ask)
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("partner", ask.partner.slug)


@login_required
@require_POST
def contact_remove(request: Request, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.select_related("partner"), pk=pk)
    if not shares_a_partnership(request.person, contact.partner):
        raise Http404
    actions.remove_contact(by=request.person, contact=contact)
    messages.success(request, _("The contact is deleted."))
    return redirect("partner", contact.partner.slug)


@login_required
@require_POST
def link_remove(request: Request, pk: int, slug: str) -> HttpResponse:
    """Taken back on the page of `slug`, one of the two."""
    partner = visible_partner(request, slug)
    link = get_object_or_404(Link.objects.select_related("first", "second"), pk=pk)
    if partner.pk not in (link.first_id, link.second_id) or not may(request.person, "link.add", partner):
        raise Http404
    actions.remove_link(by=request.person, link=link)
    messages.success(request, _("The link is taken back."))
    return redirect("partner", slug)
