"""Pages about local action."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from joinedup.accounts.permissions import require
from joinedup.accounts.request import Request
from joinedup.accounts.stale import one_at_a_time, watch
from joinedup.documents.csv_file import as_csv
from joinedup.initiatives import actions, queries
from joinedup.initiatives.forms import AddInitiativeForm, ChangeInitiativeForm, InitiativeFilter
from joinedup.initiatives.models import Initiative
from joinedup.partners.confirmation import thanks
from joinedup.partners.forms import keep_unseen

PAGE = 25


@require_safe
def initiatives(request: Request) -> HttpResponse:
    form = InitiativeFilter(request.GET)
    found = queries.find_initiatives(request.person, **form.chosen())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "seen": queries.seen_partners(request.person, page.object_list),
        "standing": {each.pk: queries.standing(each, today) for each in page.object_list},
    }
    return render(request, "initiatives/initiatives.jinja", context)


@require_safe
def initiatives_csv(request: Request) -> HttpResponse:
    found = queries.find_initiatives(request.person, **InitiativeFilter(request.GET).chosen())
    content = as_csv(queries.CSV_HEADER, queries.csv_rows(request.person, found))
    name = f"local-action-{timezone.localdate().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _visible(request: Request, slug: str) -> Initiative:
    visible = Initiative.objects.visible_to(request.person).select_related("partner", "approach")
    return get_object_or_404(visible, slug=slug)


def _saved(request: Request, saved: Initiative, said: str) -> HttpResponse:
    """Redirect to its page, or to the list if the person who saved it may not see it."""
    if Initiative.objects.visible_to(request.person).filter(pk=saved.pk).exists():
        messages.success(request, said)
        return redirect("initiative", saved.slug)
    messages.success(request, _("%(said)s Only the partners it names can see it.") % {"said": said})
    return redirect("initiatives")


@login_required
def initiative_add(request: Request) -> HttpResponse:
    require(request.person, "initiative.add")
    form = AddInitiativeForm(request.POST or None, person=request.person)
    lead = form.fields["partner"].queryset.filter(slug=request.GET.get("partner", "")).first()  # type: ignore[attr-defined]
    form.initial["partner"] = lead
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_initiative(by=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            return _saved(request, added, _("Recorded."))
    return render(request, "initiatives/add.jinja", {"form": form})


@login_required
@one_at_a_time
def initiative_edit(request: Request, slug: str) -> HttpResponse:
    initiative = _visible(request, slug)
    require(request.person, "initiative.change", on=initiative)
    footprints = initiative.partner.scope().footprints
    form = ChangeInitiativeForm(
        request.POST or None, instance=initiative, person=request.person, footprint_ids=footprints
    )
    watch(form, initiative)
    if request.method == "POST" and form.is_valid():
        kept = {name: keep_unseen(form, name, initiative) for name in actions.MANY}
        details = form.cleaned_data | kept
        try:
            actions.change_initiative(by=request.person, initiative=initiative, **details)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            return _saved(request, initiative, _("Saved."))
    context = {"form": form, "initiative": _visible(request, slug)}
    return render(request, "initiatives/edit.jinja", context)


@login_required
def initiative_hand_over(request: Request, slug: str) -> HttpResponse:
    """Ask who leads it now that another body took over; only the button changes anything."""
    initiative = _visible(request, slug)
    require(request.person, "initiative.change", on=initiative)
    try:
        if request.method == "POST":
            new = actions.hand_over(by=request.person, initiative=initiative)
            messages.success(request, _("%(new)s leads this now.") % {"new": new})
            return redirect("initiative", slug)
        successor = actions.successor_to_lead(request.person, initiative)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("initiative", slug)
    context = {"initiative": initiative, "successor": successor}
    return render(request, "initiatives/hand_over.jinja", context)


@login_required
def initiative_confirm(request: Request, slug: str) -> HttpResponse:
    """A link in a mail leads here. Mail scanners follow links, so only the button confirms."""
    initiative = _visible(request, slug)
    require(request.person, "initiative.confirm", on=initiative)
    if request.method == "POST":
        actions.confirm_initiative(by=request.person, initiative=initiative)
        messages.success(request, thanks(initiative, request.person))
        return redirect("initiative", slug)
    return render(request, "initiatives/confirm.jinja", {"initiative": initiative})
