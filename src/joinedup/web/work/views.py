"""The page shown after signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from joinedup.accounts.permissions import may
from joinedup.accounts.posted import attempt, number_in
from joinedup.accounts.request import Request
from joinedup.mail.models import OutgoingMail
from joinedup.opportunities.actions.reading import have_read
from joinedup.opportunities.forms.lists import UntilForm
from joinedup.partners.undelivered import send_once_more, send_to_corrected, settle, take_back_settling
from joinedup.places.models import Footprint
from joinedup.privacy.retention import SENT_MAIL
from joinedup.support.fitting import funds_that_fit
from joinedup.web.work.next_day import next_day
from joinedup.web.work.queries import kept_by, waiting_for
from joinedup.web.work.undelivered import undelivered_mails


@login_required
def my_work(request: Request) -> HttpResponse:
    person, today = request.person, timezone.localdate()
    context = {
        "waiting": waiting_for(person),
        "next_day": next_day(person, today),
        "kept": kept_by(person),
        "funds": funds_that_fit(person, today),
    }
    return render(request, "web/work.jinja", context)


@login_required
@never_cache
def my_work_mails(request: Request) -> HttpResponse:
    """Mails that did not arrive, for who coordinates the partnership."""
    person = request.person
    if not may(person, "mail.settle"):
        raise Http404
    if request.method == "POST":
        act, done = {
            "again": (send_once_more, _("We are sending it again.")),
            "to_new": (send_to_corrected, _("We are sending it to the new address.")),
            "done": (settle, _("Dealt with. You can undo it below.")),
            "back": (take_back_settling, _("It waits again.")),
        }.get(request.POST.get("do", ""), (None, ""))
        if act is None:
            raise Http404
        pk = number_in(request.POST.get("mail"))
        try:
            attempt(request, lambda: act(by=person, pk=pk), lambda _mail: done)
        except OutgoingMail.DoesNotExist:
            raise Http404 from None
        return redirect("my_work_mails")
    waiting, settled = undelivered_mails(person)
    context = {"waiting": waiting, "settled": settled, "days": SENT_MAIL.length.days}
    return render(request, "web/undelivered.jinja", context)


@login_required
@require_POST
def my_work_read(request: Request) -> HttpResponse:
    """They have read what people did in the partnerships that they coordinate."""
    form = UntilForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(
                _("Nothing is marked as read: open this page again, then press the button.")
            )
        for footprint in Footprint.objects.filter(pk__in=request.person.coordinated_ids):
            have_read(by=request.person, footprint=footprint, of_people=True, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Marked as read. Each still stands on its own page."))
    return redirect("my_work")
