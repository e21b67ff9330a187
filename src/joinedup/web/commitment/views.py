"""The pages of strategy: how far all of it has come, one commitment, and the form that adds evidence."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from joinedup.accounts.permissions import may, require
from joinedup.accounts.request import Request
from joinedup.strategy.actions import add_evidence, add_update
from joinedup.strategy.models import Commitment
from joinedup.strategy.queries import WORDS, CommitmentRow, is_counted, standing
from joinedup.web.commitment.forms import EvidenceForm, UpdateForm
from joinedup.web.commitment.queries import one, owners_of, seen_partners


@require_safe
def commitment(request: Request, ref: str) -> HttpResponse:
    shown = get_object_or_404(one(ref, request.person))
    on = timezone.localdate()
    seen = seen_partners(shown, request.person)
    context = {
        "commitment": shown,
        "seen": seen,
        "owners": owners_of(shown, request.person, seen),
        "standing": standing(shown, on),
        "parts": [CommitmentRow(part, standing(part, on)) for part in shown.parts.all()],
        "words": WORDS,
        "is_counted": is_counted(shown),
    }
    return render(request, "web/commitment.jinja", context)


@login_required
def commitment_update(request: Request, ref: str) -> HttpResponse:
    found = get_object_or_404(Commitment, ref=ref)
    by = request.person
    keeps = may(by, "commitment.update")
    if not keeps:
        require(by, "commitment.evidence")
    form = (UpdateForm if keeps else EvidenceForm)(by, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            (add_update if keeps else add_evidence)(by=by, commitment=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Thank you. The update is public now."))
            return redirect("commitment", ref)
    return render(request, "web/commitment_update.jinja", {"commitment": found, "form": form, "keeps": keeps})
