"""Pages about opportunities."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from joinedup.accounts.queries import history_of
from joinedup.accounts.request import Request
from joinedup.opportunities import actions, queries
from joinedup.opportunities.forms import AnswerForm, FilterForm, SetAsideForm, SpotForm
from joinedup.opportunities.models import Answer, Opportunity, Run
from joinedup.places.models import Footprint

PER_PAGE = 20


def opportunities(request: Request) -> HttpResponse:
    form = FilterForm(request.GET)
    found = queries.listing(request.person, **form.chosen())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "last_run": queries.last_run(request.person),
    }
    return render(request, "opportunities/list.jinja", context)


def opportunity(request: Request, pk: int) -> HttpResponse:
    found = _get(request, pk)
    mine = queries.parties_of(request.person, found)
    context = {
        "opportunity": found,
        "facts": queries.facts(found),
        "components": [(text, found.components.get(key)) for key, text in queries.COMPONENTS.items()],
        "mine": mine,
        "words": Answer.Word.choices,
        "set_aside_form": SetAsideForm(),
        "history": history_of(found) if found.footprint_id in request.person.footprint_ids else [],
    }
    return render(request, "opportunities/one.jinja", context)


@login_required
def opportunity_spot(request: Request) -> HttpResponse:
    footprint = _footprint(request)
    form = SpotForm(request.POST or None, person=request.person, footprint=footprint)
    if request.method == "POST" and form.is_valid():
        try:
            spotted = actions.spot(by=request.person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("sentence", error)
        except PermissionDenied:
            form.add_error("parties", _("Name your own organisation among those who could work together."))
        else:
            messages.success(request, _("Thank you: your opportunity is on the list."))
            return redirect("opportunity", spotted.pk)
    return render(request, "opportunities/spot.jinja", {"form": form, "footprint": footprint})


@login_required
@require_POST
def opportunity_refresh(request: Request) -> HttpResponse:
    footprint = Footprint.objects.filter(pk__in=request.person.coordinated_ids).order_by("pk").first()
    if footprint is None:
        raise PermissionDenied(_("Only the coordinator of a partnership can have its list worked out again."))
    runs = actions.refresh(by=request.person, footprint=footprint)
    found = sum(run.found for run in runs if run.audience == Run.Audience.PARTNERSHIP)
    messages.success(
        request, _("Worked out again from today's records: %(number)s found.") % {"number": found}
    )
    return redirect("opportunities")


@login_required
@require_POST
def opportunity_answer(request: Request, pk: int) -> HttpResponse:
    found = _get(request, pk)
    form = AnswerForm(request.POST, partners=queries.parties_of(request.person, found))
    if not form.is_valid():
        raise PermissionDenied(_("This opportunity does not name your organisation."))
    given = actions.answer(by=request.person, opportunity=found, **form.cleaned_data)
    if given.word == Answer.Word.ALREADY and given.initiative:
        messages.success(request, _("Thank you. We made a draft of what you do: please complete it."))
        return redirect("initiative_edit", given.initiative.slug)
    messages.success(request, _("Thank you: your answer is recorded. You can change it here."))
    return redirect("opportunity", pk)


@login_required
@require_POST
def opportunity_take_up(request: Request, pk: int) -> HttpResponse:
    return _decision(request, pk, lambda found: actions.take_up(by=request.person, opportunity=found))


@login_required
@require_POST
def opportunity_set_aside(request: Request, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _decision(
        request, pk, lambda found: actions.set_aside(by=request.person, opportunity=found, reason=reason)
    )


def _decision(request: Request, pk: int, act: Callable[[Opportunity], Opportunity]) -> HttpResponse:
    found = _get(request, pk)
    try:
        done = act(found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Recorded: %(state)s.") % {"state": done.get_state_display().lower()})
    return redirect("opportunity", pk)


def _get(request: Request, pk: int) -> Opportunity:
    found = queries.one(request.person, pk)
    if found is None:
        raise Http404
    return found


def _footprint(request: Request) -> Footprint:
    footprint = Footprint.objects.filter(pk__in=request.person.footprint_ids).first()
    if footprint is None:
        raise PermissionDenied(
            _("Only members of a partnership can add an opportunity. Ask its coordinator.")
        )
    return footprint
