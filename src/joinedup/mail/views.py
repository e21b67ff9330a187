"""Where a mail service says what became of a mail."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from joinedup.mail.returned import note_word

LONGEST = 64 * 1024


@csrf_exempt
@never_cache
@require_POST
def mail_reports(request: HttpRequest) -> HttpResponse:
    """One delivery receipt as GOV.UK Notify posts it: `reference` (the Message-ID) and `status`, with the secret
    (MAIL_REPORT_SECRET) as bearer token. Not found where no secret is set."""
    secret = settings.MAIL_REPORT_SECRET
    if not secret:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not constant_time_compare(given, secret):
        return JsonResponse({"error": "The secret is not right."}, status=403)
    try:
        said = json.loads(request.body[:LONGEST])
        message_id, word = str(said["reference"]), str(said["status"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "Send JSON with reference and status."}, status=400)
    note_word(message_id, word)
    return JsonResponse({"done": True})
