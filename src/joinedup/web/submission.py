"""What happens to a form that was sent before its view sees it: three steps, in this order.

1. What was typed is taken as a reader would see it: without letters that nobody sees or that turn text round, which
   would make two names of one, or one of two. First, so that whatever is compared or kept for later is that.
2. A form that is sent twice, by a double click or by a browser that lost its connection, counts once: the second is led
   to where the first was. Before the third step, or who sends the second when the hour of signing in is just over is
   asked for a code, and then sends it as something new.
3. Before what cannot be taken back somebody signs in again (`accounts/sign_in/again.py`). Last, as only this step leads
   away with nothing done: the second step forgets the form then, so that it can be sent once more.

In MIDDLEWARE this comes after the check against forged requests, or a forged form would be told where the real one led;
and after `FactorRequired`, which leads away with nothing done as well. In any other order a test of `TestOrder`
(`tests/web/test_submission.py`) fails.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from joinedup.accounts.sign_in.again import asked_first
from joinedup.engines.words import seen
from joinedup.web.errors import being_done

# How long a form that was sent is remembered, how long the second waits for what came of the first, and between looks.
REMEMBERED, WAITS, LOOKS = 600, 5.0, 0.1
DOING = "doing"


class Submission:
    """Middleware: the three steps. What was refused, or led nowhere, may be sent again.

    Django masks the token against forged requests anew on each page, so that it, the address and what was typed stand
    for one submission.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = getattr(request, "_submission", None)
        if key is not None:
            if isinstance(response, HttpResponseRedirect) and not _was_refused(request):
                cache.set(key, response.url, REMEMBERED)
            else:
                cache.delete(key)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        _take_as_seen(request)
        key = _submission(request)
        if key is not None and (led := _led_by_the_first(request, key)):
            return led
        asked = asked_first(request)
        if asked is not None and (key := vars(request).pop("_submission", None)):
            cache.delete(key)
        return asked


def _take_as_seen(request: HttpRequest) -> None:
    if request.method != "POST" or not request.POST:
        return
    typed = request.POST.copy()
    for name, values in list(typed.lists()):
        typed.setlist(name, [seen(str(value)) for value in values])
    typed._mutable = False
    request.POST = typed  # type: ignore[assignment]


def _led_by_the_first(request: HttpRequest, key: str) -> HttpResponse | None:
    """To where the same form led that was sent before; None for the first, which from now on is being done."""
    until = time.monotonic() + WAITS
    while not cache.add(key, DOING, REMEMBERED):
        led_to = cache.get(key)
        if led_to is None:
            # Nobody sent it before: the cache cannot be written, so neither can the records, which say why.
            return None
        if led_to != DOING:
            messages.info(request, _("This was sent twice. It counts once."))
            return HttpResponseRedirect(led_to)
        if time.monotonic() > until:
            return being_done(request)
        time.sleep(LOOKS)
    request._submission = key  # type: ignore[attr-defined]
    return None


def _submission(request: HttpRequest) -> str | None:
    """What stands for one submission of a form; None for anything else, and for what a script saves by itself."""
    token = request.POST.get("csrfmiddlewaretoken") if request.method == "POST" else None
    if not token or "script" in request.POST:
        return None
    sent = hashlib.sha256(repr([request.get_full_path(), sorted(request.POST.lists())]).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            sent.update(f"{name} {file.name}".encode())
            for part in file.chunks():
                sent.update(part)
            file.seek(0)
    return f"sent-{sent.hexdigest()}"


def _was_refused(request: HttpRequest) -> bool:
    """Whether a page is about to say that the form could not be done: then it may be sent again as it is."""
    said = getattr(messages.get_messages(request), "_queued_messages", [])
    return any(each.level >= messages.ERROR for each in said)
