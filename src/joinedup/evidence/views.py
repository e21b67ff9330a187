"""The pages for a sceptic: what is held, from whom, how old, and how each figure is made."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from joinedup.accounts.permissions import may
from joinedup.accounts.request import Request
from joinedup.evidence import charts, consequences, other_sets, queries, withdrawal, wording
from joinedup.evidence.breaks import breaks_for
from joinedup.evidence.forms import WithdrawForm
from joinedup.evidence.models import Dataset
from joinedup.evidence.plain_words import formula, move
from joinedup.places.likeness import HOW_MANY, most_like
from joinedup.places.queries import find


def sources(request: Request) -> HttpResponse:
    withdrawn = consequences.withdrawn() if may(request.person, "dataset.withdraw") else []
    return render(request, "evidence/sources.jinja", {"datasets": queries.datasets(), "withdrawn": withdrawn})


def dataset(request: Request, pk: int) -> HttpResponse:
    return render(request, "evidence/dataset.jinja", {"dataset": _dataset(request, pk)})


def _dataset(request: Request, pk: int) -> Dataset:
    """Withdrawn datasets exist only for those who may put them back."""
    found = queries.dataset(pk)
    if found is None or (found.withdrawn_at and not may(request.person, "dataset.withdraw")):
        raise Http404
    return found


def _dataset_to_withdraw(request: Request, pk: int) -> Dataset:
    if not may(request.person, "dataset.withdraw"):
        raise Http404
    return _dataset(request, pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dataset_withdraw(request: Request, pk: int) -> HttpResponse:
    """What would happen to the figures, and then the reason why the file should not count."""
    found = _dataset_to_withdraw(request, pk)
    if found.withdrawn_at:
        return redirect("dataset", pk)
    today = timezone.localdate()
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdrawal.withdraw(by=request.person, dataset=found, as_of=today, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Withdrawn. The figures have been worked out again without it."))
            return redirect("dataset", pk)
    try:
        would = consequences.consequences(found, today)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("dataset", pk)
    return render(request, "evidence/withdraw.jinja", {"dataset": found, "form": form, "would": would})


@login_required
@require_POST
def dataset_put_back(request: Request, pk: int) -> HttpResponse:
    found = _dataset_to_withdraw(request, pk)
    try:
        withdrawal.put_back(by=request.person, dataset=found, as_of=timezone.localdate())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("It counts again. The figures have been worked out again with it."))
    return redirect("dataset", pk)


def figure(request: Request, pk: int) -> HttpResponse:
    found = queries.figure(pk)
    indicator = wording.by_slug().get(found.indicator) if found else None
    if found is None or indicator is None:
        raise Http404
    choices, choice = other_sets.choices(found.place), request.GET.get("compared-with", "")
    if choice in choices:
        (found,) = other_sets.compared_with(found.place, [found], choice)
    points = queries.series(indicator, found.place_id)
    datasets = queries.rests_on(found)
    context = {
        "figure": found,
        "indicator": indicator,
        "datasets": datasets,
        "small_numbers": queries.small_numbers(indicator, datasets),
        "interval": wording.interval(found),
        "formula": formula(indicator),
        "sentence": wording.sentence(found, found.place.name),
        "value": wording.value(found),
        "when": wording.period(found),
        "year_before": wording.year_before(found),
        "shared": wording.shared(found),
        "standing": wording.standing(found),
        "choices": choices,
        "choice": choice if choice in choices else "",
        "change": move(found),
        "chart": charts.line_chart(points, breaks_for(found.dataset)),
        "table": charts.table(points),
        "has_series": len(points) > 1,
        "themes": queries.themes_fed(indicator),
        "opportunities": queries.opportunities_on(found, request.person),
    }
    return render(request, "evidence/figure.jinja", context)


def likeness(request: Request) -> HttpResponse:
    """The authorities most like one that is asked for by name or code, and what they are like."""
    asked = request.GET.get("place", "").strip()
    place = next(iter(find(asked)), None)
    upper, lower = (most_like(place.pk, upper=each) if place else () for each in (True, False))
    context = {"asked": asked, "place": place, "upper": upper, "lower": lower, "how_many": HOW_MANY}
    return render(request, "evidence/likeness.jinja", context)
