"""The pages of a sceptic: what is held, from whom, how old, and how each figure is made."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from joinedup.accounts.request import Request
from joinedup.evidence import charts, methods_page, queries, wording
from joinedup.evidence.plain_words import formula, move


def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "evidence/sources.jinja", {"datasets": queries.datasets()})


def dataset(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.dataset(pk)
    if found is None:
        raise Http404
    return render(request, "evidence/dataset.jinja", {"dataset": found})


def figure(request: Request, pk: int) -> HttpResponse:
    found = queries.figure(pk)
    indicator = wording.by_slug().get(found.indicator) if found else None
    if found is None or indicator is None:
        raise Http404
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
        "standing": wording.standing(found),
        "change": move(found),
        "chart": charts.line_chart(points),
        "table": charts.table(points),
        "has_series": len(points) > 1,
        "themes": queries.themes_fed(indicator),
        "opportunities": queries.opportunities_on(found, request.person),
    }
    return render(request, "evidence/figure.jinja", context)


def methods(request: HttpRequest) -> HttpResponse:
    return render(request, "evidence/methods.jinja", {"methods": methods_page.everything()})
