"""Pages about authorities that become one, and about what a partnership covers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from joinedup.accounts.permissions import Scope, may, require
from joinedup.accounts.request import Request
from joinedup.places.models import Footprint, FootprintChange
from joinedup.places.successions import day_asked, footprint_as_at
from joinedup.successions import actions, footprints
from joinedup.successions.forms import FootprintForm, SuccessionForm
from joinedup.successions.hanging import hanging
from joinedup.successions.queries import stated


@require_safe
def successions(request: Request) -> HttpResponse:
    """Which authorities took over from which, and which will."""
    context = {"stated": stated(request.person), "may_state": may(request.person, "place.succeed")}
    return render(request, "successions/successions.jinja", context)


@login_required
def succession_new(request: Request) -> HttpResponse:
    """Ask, show what hangs on the old codes, and state it once that is confirmed."""
    require(request.person, "place.succeed")
    form = SuccessionForm(request.POST or None, person=request.person)
    preview = None
    if request.method == "POST" and form.is_valid():
        given = form.stated()
        try:
            if "confirm" in request.POST:
                rows = actions.state_succession(by=request.person, **given)
                messages.success(
                    request, _("Said: %(name)s. You can take it back below.") % {"name": rows[0].new_name}
                )
                return redirect("successions")
            rows = actions.preview(by=request.person, **given)
            preview = {"rows": rows, "hanging": hanging(request.person, given["olds"])}
        except ValidationError as error:
            form.add_error(None, error.messages[0])
    return render(request, "successions/new.jinja", {"form": form, "preview": preview})


@login_required
@require_POST
def succession_take_back(request: Request) -> HttpResponse:
    day = day_asked(request.POST.get("day", ""))
    if day is None:
        raise Http404
    try:
        actions.take_back_succession(by=request.person, new=request.POST.get("new", "")[:9], day=day)
        messages.success(request, _("Taken back: everything is where it was."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("successions")


def _scope(footprint: Footprint) -> Scope:
    return Scope(footprints=frozenset({footprint.pk}))


def partnership(request: Request, slug: str) -> HttpResponse:
    """The places that a partnership covers, today or as at a day, with its history; whoever may changes it here."""
    footprint = get_object_or_404(Footprint, slug=slug)
    may_change = may(request.person, "footprint.change", _scope(footprint))
    today = timezone.localdate()
    form = FootprintForm(request.POST or None, footprint=footprint) if may_change else None
    if request.method == "POST":
        require(request.person, "footprint.change", on=_scope(footprint))
        if form is not None and form.is_valid():
            try:
                footprints.change_footprint(by=request.person, footprint=footprint, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error.messages[0])
            else:
                messages.success(request, _("Said. You can take it back below."))
                return redirect("partnership", slug)
    asked = day_asked(request.GET.get("as_at", ""))
    context = {
        "footprint": footprint,
        "places": footprint_as_at(footprint, asked or today),
        "changes": list(footprint.changes.all()),
        "asked": asked,
        "no_day": bool(request.GET.get("as_at")) and asked is None,
        "form": form,
        "inside": request.person.sees_every_partnership or footprint.pk in request.person.footprint_ids,
    }
    return render(request, "successions/partnership.jinja", context)


@login_required
@require_POST
def partnership_take_back(request: Request, slug: str, pk: int) -> HttpResponse:
    change = get_object_or_404(
        FootprintChange.objects.select_related("footprint"), pk=pk, footprint__slug=slug
    )
    try:
        footprints.take_back_footprint_change(by=request.person, change=change)
        messages.success(request, _("Taken back."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("partnership", slug)
