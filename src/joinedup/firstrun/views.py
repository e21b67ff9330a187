"""Pages of the first run: from an empty installation to an invitation list and a brief."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from joinedup.accounts.permissions import may, require
from joinedup.accounts.request import Request
from joinedup.documents.csv_file import as_csv
from joinedup.firstrun import actions, queries
from joinedup.firstrun import invitations as invitation_list
from joinedup.firstrun.area_loads import ask_for_data
from joinedup.firstrun.brief import brief
from joinedup.firstrun.forms import ContactsForm, FirstEventForm, StartForm, StatutoryForm
from joinedup.firstrun.missing import missing
from joinedup.firstrun.place_names import suggested_name
from joinedup.firstrun.word import TYPE, as_word
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.partners.queries import statutory_proposals
from joinedup.places.models import Footprint


def _area(request: Request, slug: str) -> Footprint:
    found = queries.area_to_start(request.person, slug)
    if found is None:
        raise Http404
    return found


def _today_file(footprint: Footprint, what: str, kind: str) -> dict[str, str]:
    name = f"{footprint.slug}-{what}-{timezone.localdate().isoformat()}.{kind}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@login_required
def first_run(request: Request) -> HttpResponse:
    """Choose local authorities (kept in the URL while searching), then name the partnership they make."""
    own = list(queries.own_areas(request.person))
    if not own:
        require(request.person, "footprint.create")
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            started = actions.start_with_data(
                by=request.person, places=list(given["place"]), name=given["name"]
            )
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            return redirect("first_run_data", started.slug)
    return render(request, "firstrun/start.jinja", {"own": own, "form": form, **_choice(request, form)})


def _choice(request: Request, form: StartForm) -> dict[str, Any]:
    """The authorities to choose from, those chosen so far, and whether it is time to name the partnership."""
    asked = request.POST if request.method == "POST" else request.GET
    search = request.GET.get("q", "")
    areas, codes = queries.area_choice(search, asked.getlist("place"), asked.getlist("area"))
    places = queries.authorities(search, codes)
    chosen = [place for place in places if place.pk in codes]
    goes_on = request.method == "POST" or "choose" in request.GET
    return {
        "may_start": may(request.person, "footprint.create"),
        "places": places,
        "areas": areas,
        "chosen": chosen,
        "search": search,
        "naming": bool(chosen) and goes_on,
        "forgot": not chosen and "choose" in request.GET,
        "suggested": form["name"].value() or (suggested_name(chosen) if chosen else ""),
    }


def _load(footprint: Footprint) -> dict[str, Any]:
    page = queries.load_page(footprint, timezone.now())
    return {"footprint": footprint, "load": page.load, "standing": page.standing, "steps": page.steps}


@login_required
def first_run_data(request: Request, slug: str) -> HttpResponse:
    """How far what is published about the area has come in; POST begins it again."""
    footprint = _area(request, slug)
    if request.method == "POST":
        ask_for_data(by=request.person, footprint=footprint)
        return redirect("first_run_data", slug)
    return render(request, "firstrun/data.jinja", _load(footprint))


@login_required
@require_safe
def first_run_progress(request: Request, slug: str) -> HttpResponse:
    """The part of that page that changes."""
    return render(request, "firstrun/progress.jinja", _load(_area(request, slug)))


@login_required
@require_safe
def first_run_area(request: Request, slug: str) -> HttpResponse:
    footprint = _area(request, slug)
    page = queries.area_page(request.person, footprint, timezone.localdate())
    return render(request, "firstrun/area.jinja", {"footprint": footprint, "page": page})


@login_required
def first_run_statutory(request: Request, slug: str) -> HttpResponse:
    footprint = _area(request, slug)
    proposed = statutory_proposals(footprint)
    form = StatutoryForm(request.POST if request.method == "POST" else None, proposed=proposed)
    if request.method == "POST" and form.is_valid():
        keys = form.cleaned_data["body"]
        added = actions.accept_statutory(by=request.person, footprint=footprint, keys=keys)
        said = ngettext("%(num)s partner recorded.", "%(num)s partners recorded.", len(added))
        messages.success(request, said % {"num": len(added)})
        return redirect("first_run_area", slug)
    places = list(footprint.places.order_by("name"))
    context = {
        "footprint": footprint,
        "form": form,
        "proposed": proposed,
        "figures": queries.figures_of(places),
        "standing": queries.load_page(footprint, timezone.now()).standing,
    }
    return render(request, "firstrun/statutory.jinja", context)


@login_required
def first_run_contacts(request: Request, slug: str) -> HttpResponse:
    footprint = _area(request, slug)
    form = ContactsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            text = form.cleaned_data["text"]
            upload = actions.paste_contacts(by=request.person, footprint=footprint, text=text)
        except ValidationError as error:
            form.add_error("text", error.messages[0])
        else:
            return redirect("upload_preview", upload.pk)
    return render(request, "firstrun/contacts.jinja", {"footprint": footprint, "form": form})


@login_required
@require_safe
def first_run_missing(request: Request, slug: str) -> HttpResponse:
    footprint = _area(request, slug)
    page = missing(request.person, footprint, timezone.localdate())
    return render(request, "firstrun/missing.jinja", {"footprint": footprint, "page": page})


@login_required
def first_run_event(request: Request, slug: str) -> HttpResponse:
    footprint = _area(request, slug)
    form = FirstEventForm(
        request.POST if request.method == "POST" else None, initial={"name": footprint.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            invited = actions.plan_first_event(by=request.person, footprint=footprint, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            said = ngettext(
                "Planned, with %(num)s invitation. Nothing is sent yet.",
                "Planned, with %(num)s invitations. Nothing is sent yet.",
                invited,
            )
            messages.success(request, said % {"num": invited})
            return redirect("first_run_area", slug)
    return render(request, "firstrun/event.jinja", {"footprint": footprint, "form": form})


@login_required
@require_POST
def first_run_look(request: Request, slug: str) -> HttpResponse:
    footprint = _area(request, slug)
    refresh(by=request.person, footprint=footprint)
    messages.success(request, _("Opportunities are worked out afresh from what is recorded now."))
    return redirect("first_run_area", slug)


@login_required
@require_safe
def first_run_invitations(request: Request, slug: str) -> HttpResponse:
    footprint = _area(request, slug)
    rows = invitation_list.rows(request.person, footprint, timezone.localdate())
    headers = _today_file(footprint, "invitations", "csv")
    content = as_csv(invitation_list.HEADER, rows)
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@login_required
@require_safe
def first_run_brief(request: Request, slug: str) -> HttpResponse:
    footprint = _area(request, slug)
    content = as_word(brief(request.person, footprint, timezone.localdate()))
    return HttpResponse(content, content_type=TYPE, headers=_today_file(footprint, "brief", "docx"))
