"""Pages about two records of one body: which look like it, side by side, and back again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from joinedup.accounts.permissions import require
from joinedup.accounts.request import Request
from joinedup.merges import actions
from joinedup.merges.comparison import better_kept, together, what_moves
from joinedup.merges.forms import MergeForm, OtherForm
from joinedup.merges.queries import merge_to_take_back, merges_here, two_bodies_to_take_back
from joinedup.partners.duplicates import (
    near_pairs,
    said_two_bodies,
    say_two_bodies,
    scope_of_both,
    take_back_two_bodies,
)
from joinedup.partners.old_addresses import leads_on
from joinedup.partners.views import visible_partner


@login_required
@require_safe
def near_partners(request: Request) -> HttpResponse:
    """Records that may be of one body; what was said to be two; what was made one."""
    require(request.person, "partner.merge")
    here = request.person.coordinated_ids
    context = {
        "pairs": [(better_kept(p.first, p.second), p) for p in near_pairs(request.person, here)],
        "two": said_two_bodies(request.person, here),
        "merges": merges_here(request.person),
    }
    return render(request, "merges/near.jinja", context)


@login_required
@leads_on
def partner_merge(request: Request, slug: str) -> HttpResponse:
    """`slug` is kept; the other record becomes part of it."""
    kept = visible_partner(request, slug)
    require(request.person, "partner.merge", on=kept)
    chosen = OtherForm(request.GET if "other" in request.GET else None, person=request.person, partner=kept)
    if not chosen.is_valid():
        return render(request, "merges/other.jinja", {"partner": kept, "form": chosen})
    gone = chosen.cleaned_data["other"]
    require(request.person, "partner.merge", on=scope_of_both(kept, gone))
    form = MergeForm(request.POST or None, kept=kept, gone=gone)
    if request.method == "POST" and form.is_valid():
        try:
            actions.merge(by=request.person, kept=kept, gone=gone, **form.taken())
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            said = _("One record now. “%(name)s” leads here. You can take it back below.")
            messages.success(request, said % {"name": gone.name})
            return redirect("partner", kept.slug)
    context = {
        "kept": kept,
        "gone": gone,
        "form": form,
        "together": together(kept, gone),
        "moves": what_moves(request.person, gone),
    }
    return render(request, "merges/merge.jinja", context)


@login_required
@require_POST
def merge_take_back(request: Request, pk: int) -> HttpResponse:
    said = merge_to_take_back(request.person, pk)
    if said is None:
        raise Http404
    try:
        gone = actions.take_back_merge(by=request.person, said=said)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("partner", said.kept.slug)
    messages.success(request, _("Taken back: “%(name)s” has its own record again.") % {"name": gone.name})
    return redirect("partner", gone.slug)


@login_required
@require_POST
def two_bodies_say(request: Request) -> HttpResponse:
    one, other = (visible_partner(request, request.POST.get(name, "")) for name in ("first", "second"))
    try:
        say_two_bodies(by=request.person, one=one, other=other)
        messages.success(request, _("Noted: these are two. You can take it back below."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("near_partners")


@login_required
@require_POST
def two_bodies_take_back(request: Request, pk: int) -> HttpResponse:
    said = two_bodies_to_take_back(request.person, pk)
    if said is None:
        raise Http404
    take_back_two_bodies(by=request.person, said=said)
    messages.success(request, _("Taken back: it may be asked again."))
    return redirect("near_partners")
