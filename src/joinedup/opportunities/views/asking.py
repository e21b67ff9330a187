"""Asking by mail those whom an opportunity names: the mail is read first, changed, and sent once."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from joinedup.accounts.permissions import require
from joinedup.accounts.request import Request
from joinedup.opportunities.actions.asking import Asked, ask, first_words, letter_to_read, words
from joinedup.opportunities.forms.asking import AskForm
from joinedup.opportunities.models import Opportunity
from joinedup.opportunities.queries.asking import replies_to, whom_to_ask
from joinedup.opportunities.views.one import get_opportunity


@login_required
@never_cache
def opportunity_ask(request: Request, pk: int) -> HttpResponse:
    """Whom the mail goes to and what it says; the button sends it."""
    found = get_opportunity(request, pk)
    require(request.person, "opportunity.ask", on=found)
    form = AskForm(request.POST or None, initial={"text": first_words(found)})
    if request.method == "POST" and form.is_valid() and request.POST.get("do") == "send":
        try:
            asked = ask(
                by=request.person,
                opportunity=found,
                shown=request.POST.get("shown", ""),
                **form.cleaned_data,
            )
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            _say(request, asked)
            return redirect("opportunity", pk)
    return _read(request, found, form)


def _read(request: Request, found: Opportunity, form: AskForm) -> HttpResponse:
    """The mail, as the form has it now."""
    by, asking = request.person, whom_to_ask(found, timezone.now())
    chosen = form.cleaned_data if form.is_bound else {}
    said = words(chosen.get("text", ""), found)
    context = {
        "opportunity": found,
        "asking": asking,
        "form": form,
        "replies": replies_to(by, found, chosen.get("replies", "")),
        "letters": [(partner, *letter_to_read(by, found, partner, to, said)) for partner, to in asking.open],
    }
    return render(request, "opportunities/ask.jinja", context)


def _say(request: Request, asked: Asked) -> None:
    """How many are asked, and who is not."""
    number = len(asked.partners)
    if number:
        told = ngettext(
            "We are writing to %(number)s partner. A mail that does not arrive is in My work, with what to do.",
            "We are writing to %(number)s partners. A mail that does not arrive is in My work, with what to do.",
            number,
        )
        messages.success(request, told % {"number": number})
    for partners, sentence in (
        (asked.unreachable, _("There is no e-mail address for %(names)s: add a contact below.")),
        (asked.unwilling, _("Ring %(names)s: they cannot be asked by mail.")),
    ):
        if partners:
            messages.error(request, sentence % {"names": ", ".join(p.name for p in partners)})
