"""Turn off a kind of mail from the mail itself, for an address without an account, and take it back."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from joinedup.accounts import audit
from joinedup.accounts.one_click import answer_mail_program, dead_link
from joinedup.accounts.person import Person
from joinedup.accounts.request import Request
from joinedup.accounts.sign_in.factor_required import always_open
from joinedup.mail.kinds import OffLink, read_off_link
from joinedup.mail.models import MailOff

# Who reads a mail is not known by more than its link.
READER = Person(name="the reader of a mail")


@transaction.atomic
def choose(*, token: str, wants: bool) -> OffLink:
    """Turn a kind of mail off, or on again: the signed link replaces signing in. Nothing is changed, and no entry made,
    where it stands so already. Raises PermissionDenied if the link is too old or was changed."""
    link = read_off_link(token)
    if link is None:
        raise PermissionDenied(_("This link no longer works."))
    row = MailOff.objects.filter(whose=link.whose, kind=link.kind).first()
    if row is not None and wants:
        before = audit.snapshot(row)
        audit.record(by=READER, action="mails.turn_on", on=row, before=before, after={})
        row.delete()
    elif row is None and not wants:
        row, _is_new = MailOff.objects.get_or_create(whose=link.whose, kind=link.kind)
        audit.record(by=READER, action="mails.turn_off", on=row, before={})
    return link


@always_open
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_mails_off(request: Request, token: str) -> HttpResponse:
    """For an address without an account."""
    answer = answer_mail_program(
        request, token, read=read_off_link, turn_off=lambda: choose(token=token, wants=False)
    )
    return _by_button(request, token) if answer is None else answer


@csrf_protect
def _by_button(request: Request, token: str) -> HttpResponse:
    link = read_off_link(token)
    if link is None:
        return dead_link(request)
    if request.method == "POST":
        choose(token=token, wants=request.POST.get("do") == "on")
        return redirect("address_mails_off", token)
    return render(request, "accounts/address_mails_off.jinja", {"link": link, "is_off": link.is_off})
