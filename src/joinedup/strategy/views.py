"""The pages of strategy: how far all of it has come, one commitment, and the form that adds evidence."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from joinedup.accounts.request import Request
from joinedup.strategy import queries
from joinedup.strategy.models import Strategy


@require_safe
def strategy(request: Request) -> HttpResponse:
    strategies = list(Strategy.objects.all())
    asked = request.GET.get("strategy")
    chosen = next((each for each in strategies if each.slug == asked), strategies[0] if strategies else None)
    filters = {name: request.GET.get(name, "") for name in ("word", "chapter", "lead")}
    progress = queries.progress(chosen, timezone.localdate(), **filters) if chosen else None
    context = {
        "strategies": strategies,
        "strategy": chosen,
        "progress": progress,
        "words": queries.WORDS,
        "filters": filters,
    }
    return render(request, "strategy/strategy.jinja", context)
