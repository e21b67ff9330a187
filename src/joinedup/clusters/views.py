"""Pages about where and when something stands out. For members of the partnership; 404 for everyone else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from joinedup.accounts.links import address_of
from joinedup.accounts.request import Request
from joinedup.clusters import actions, files, queries
from joinedup.clusters.counts import has_figures
from joinedup.clusters.forms import FollowForm, ScanForm, SettleForm
from joinedup.clusters.models import Cluster, Follower, Outcome, Scan
from joinedup.documents.csv_file import as_csv, csv_file
from joinedup.places.models import Footprint


@login_required
@require_safe
def clusters(request: Request) -> HttpResponse:
    """Which partnership?"""
    found = list(queries.partnerships(request.person).order_by("name"))
    if not found:
        raise Http404
    return render(request, "clusters/partnerships.jinja", {"found": found})


def _partnership(request: Request, slug: str) -> Footprint:
    return get_object_or_404(queries.partnerships(request.person), slug=slug)


@login_required
@require_safe
@never_cache
def clusters_of(request: Request, slug: str) -> HttpResponse:
    footprint = _partnership(request, slug)
    page = queries.partnership_page(request.person, footprint, timezone.now())
    context = {
        "page": page,
        "footprint": footprint,
        "form": FollowForm(footprint=footprint),
        "kinds": _kinds(page),
        "has_figures": has_figures(footprint),
        "address_of": address_of,
        "words": Outcome.Word,
    }
    return render(request, "clusters/partnership.jinja", context)


def _kinds(page: queries.PartnershipPage) -> list[tuple[Scan.Kind, Any, bool]]:
    """Each kind with its newest look, and whether a scan of it is waiting or running."""
    by_kind = {each.scan.kind: each for each in page.looks}
    busy = {each.kind for each in page.unfinished}
    return [(kind, by_kind.get(kind), kind in busy) for kind in Scan.Kind]


@login_required
@require_safe
@never_cache
def clusters_progress(request: Request, slug: str) -> HttpResponse:
    """The progress of what waits or runs; only that part of the page, for scripts that poll every few
    seconds."""
    footprint = _partnership(request, slug)
    unfinished = Scan.objects.visible_to(request.person).filter(
        footprint=footprint, state__in=Scan.UNFINISHED
    )
    context = {
        "unfinished": list(unfinished.defer("null_maxima")),
        "footprint": footprint,
        "allowed": queries.allowed(request.person, footprint),
    }
    return render(request, "clusters/progress.jinja", context)


@login_required
@require_safe
def cluster_scan(request: Request, slug: str, pk: int) -> HttpResponse:
    found = queries.done_scan(request.person, slug, pk)
    if found is None:
        raise Http404
    return render(
        request, "clusters/scan.jinja", {"look": found, "scan": found.scan, "footprint": found.scan.footprint}
    )


@login_required
@require_safe
def clusters_csv(request: Request, slug: str) -> HttpResponse:
    return _file(request, slug, "clusters", files.CSV_HEADER, files.csv_rows)


@login_required
@require_safe
def clusters_areas_csv(request: Request, slug: str) -> HttpResponse:
    return _file(request, slug, "clusters-neighbourhoods", files.AREAS_HEADER, files.area_rows)


def _file(request: Request, slug: str, name: str, header: Any, rows: Any) -> HttpResponse:
    """For the scan named in the URL, or the newest of each kind."""
    footprint = _partnership(request, slug)
    found = queries.looks_for_file(request.person, footprint, request.GET.get("scan", ""))
    return csv_file(
        f"{name}-{slug}-{timezone.localdate().isoformat()}.csv", as_csv(header, rows(footprint, found))
    )


@login_required
@require_safe
@never_cache
def cluster(request: Request, slug: str, pk: int) -> HttpResponse:
    return _cluster(request, slug, pk)


def _cluster(request: Request, slug: str, pk: int, form: SettleForm | None = None) -> HttpResponse:
    """`form`: input with errors."""
    page = queries.cluster_page(request.person, slug, pk)
    if page is None:
        raise Http404
    form = form or SettleForm(person=request.person, footprint=page.footprint)
    context = {"page": page, "line": page.line, "footprint": page.footprint, "form": form}
    return render(request, "clusters/cluster.jinja", context)


@login_required
@require_POST
def cluster_settle(request: Request, slug: str, pk: int) -> HttpResponse:
    visible = Cluster.objects.visible_to(request.person).select_related("scan__footprint")
    found = get_object_or_404(visible, scan__footprint__slug=slug, pk=pk)
    form = SettleForm(request.POST, person=request.person, footprint=found.scan.footprint)
    if form.is_valid():
        try:
            actions.settle(by=request.person, cluster=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Recorded. Thank you: this is how false alarms are counted."))
            return redirect("cluster", slug, pk)
    return _cluster(request, slug, pk, form)


@login_required
@require_POST
def cluster_take_back(request: Request, slug: str, pk: int) -> HttpResponse:
    visible = Cluster.objects.visible_to(request.person).filter(scan__footprint__slug=slug)
    found = get_object_or_404(Outcome, pk=pk, cluster__in=visible)
    try:
        actions.take_back(by=request.person, outcome=found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Taken back."))
    return redirect("cluster", slug, found.cluster_id)


@login_required
@require_POST
def clusters_scan(request: Request, slug: str) -> HttpResponse:
    footprint = _partnership(request, slug)
    form = ScanForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose which look to ask for."))
        return redirect("clusters_of", slug)
    try:
        actions.ask_for_scan(by=request.person, footprint=footprint, kind=form.cleaned_data["kind"])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(
            request, _("Asked for. It begins when the worker is free; this page shows how far it is.")
        )
    return redirect("clusters_of", slug)


@login_required
@require_POST
def clusters_give_up(request: Request, slug: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Scan.objects.visible_to(request.person), footprint__slug=slug, pk=pk)
    try:
        actions.give_up(by=request.person, scan=found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Stopped. What the look before found still stands."))
    return redirect("clusters_of", slug)


@login_required
@require_POST
def clusters_follow(request: Request, slug: str) -> HttpResponse:
    footprint = _partnership(request, slug)
    form = FollowForm(request.POST, footprint=footprint)
    if not form.is_valid():
        messages.error(request, _("Choose a place of this partnership."))
        return redirect("clusters_of", slug)
    place = form.cleaned_data["place"]
    try:
        actions.follow(by=request.person, footprint=footprint, place=place)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        told = _("You are told by e-mail when something appears in %(where)s.")
        messages.success(request, told % {"where": place or footprint})
    return _back(request, slug, place.pk if place else "")


@login_required
@require_POST
def clusters_unfollow(request: Request, slug: str, pk: int) -> HttpResponse:
    own = Follower.objects.filter(user=request.person.user_id, footprint__slug=slug)
    found = get_object_or_404(own, pk=pk)
    place = found.place_id or ""
    actions.unfollow(by=request.person, follower=found)
    messages.success(request, _("You are not told of it any more. The address of that feed no longer works."))
    return _back(request, slug, place)


def _back(request: Request, slug: str, place: str) -> HttpResponse:
    """To the place's page if the button was there, otherwise to the partnership's."""
    if place and request.POST.get("from") == "place":
        return redirect(f"{reverse('place', args=[place])}#where-and-when")
    return redirect(f"{reverse('clusters_of', args=[slug])}#follow")
