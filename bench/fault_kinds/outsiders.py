"""Every kind of address by every method for each role; and what is not theirs beside what is not there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fault_kinds.installation import copied


def outsiders(home: Path, *, port: int, pairs: int, part: str) -> dict[str, Any]:
    """The walk runs in one process of the installation, so that no network is in its times."""
    with tempfile.TemporaryDirectory(prefix="jf-") as folder:
        site = copied(home, Path(folder) / "home", port=port)
        told: dict[str, Any] = site.python(WALK, pairs, part)
        return told


WALK = """
import json, math, re, statistics, sys, time
from collections import Counter, defaultdict
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from joinedup.accounts.models import Grant, User
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from tests.trust.test_two_worlds import is_a_secret_link
from tests.trust.walking import addresses, everything_kept, headers_of, without_what_always_differs

settings.ALLOWED_HOSTS = ["testserver"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
OWN = {
    "member elsewhere": "elsewhere", "member": "youth.worker", "coordinator": "coordinator",
    "lead": "programme.lead", "administrator": "administrator",
}
users = {role: User.objects.get(email=f"{name}@demonstration.example") for role, name in OWN.items()}
users["signed in, of nobody"] = User.objects.create_user("unplaced@example.org", name="Unplaced")
users["coordinator elsewhere"] = User.objects.create_user("charlie@example.org", name="Charlie")
elsewhere = Footprint.objects.get(slug="derbyshire")
Grant.objects.create(user=users["coordinator elsewhere"], role="coordinator", footprint=elsewhere)

def browser_of(role):
    browser = Client(raise_request_exception=False)
    if role != "public":
        browser.force_login(users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser

def asked(browser, method, address):
    # Nothing is kept of a press: what it would have done is another test's.
    with transaction.atomic():
        answer = browser.generic(method, address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer.status_code, answer.headers.get("Location", ""), headers_of(answer), without_what_always_differs(body)

by_name = defaultdict(list)
for address in addresses():
    by_name[resolve(address).view_name].append(address)
part, parts = map(int, sys.argv[2].split("/"))
wanted = [found[-1] for _name, found in sorted(by_name.items())][part - 1 :: parts]
browsers = {role: browser_of(role) for role in ["public", *users]}
before = everything_kept()
broken, statuses, differ, compared, hidden = [], Counter(), [], 0, {}
OUTSIDE = ["public", "signed in, of nobody", "member elsewhere", "coordinator elsewhere"]

def missing(address):
    match = resolve(address)
    gone = {
        name: 99_999_999 if isinstance(value, int) else "not-there-at-all"[: max(len(value), 4)]
        for name, value in match.kwargs.items()
    }
    return reverse(match.view_name, kwargs=gone) if gone else None

for role in ["public", *users]:
    browser = browsers[role]
    for address in wanted:
        for method in METHODS:
            cookies = browser.cookies.copy()
            answer = asked(browser, method, address)
            browser.cookies = cookies
            statuses[f"{role}: {answer[0] // 100}xx"] += 1
            if answer[0] >= 500:
                broken.append([role, method, address])
            if is_a_secret_link(address):
                continue  # who holds it is whom it was sent to
            if role in OUTSIDE and answer[0] in (404, 405) and (other := missing(address)):
                compared += 1
                beside = asked(browser, method, other)
                browser.cookies = cookies
                if beside != answer:
                    differ.append([role, method, address, answer[0], beside[0]])
                elif answer[0] == 404 and method == "GET":
                    hidden.setdefault((role, resolve(address).view_name), (address, other))
after = everything_kept()
changed = sorted(name for name in before if before[name] != after[name] and "cache" not in name.lower())

# Not theirs beside not there, in turn; who was slower in how many pairs.
pairs, slower, worst = int(sys.argv[1]), [], (0.0, "")
gaps = []
for (role, name), (address, other) in hidden.items():
    browser = browser_of(role)
    times = []
    for number in range(pairs):
        pair = {}
        for each in (address, other) if number % 2 else (other, address):
            at = time.perf_counter()
            browser.get(each)
            pair[each] = time.perf_counter() - at
        times.append((pair[address], pair[other]))
    more = sum(a > b for a, b in times)
    z = (abs(more - pairs / 2) - 0.5) / math.sqrt(pairs / 4)
    p = math.erfc(max(z, 0) / math.sqrt(2)) * len(hidden)
    gap = statistics.median(a - b for a, b in times) * 1000
    gaps.append(abs(gap))
    if p < 0.01:
        beside = statistics.median(b for _, b in times) * 1000
        slower.append([role, name, f"{more} of {pairs}", f"{gap:+.2f} ms of {beside:.1f}"])
print(json.dumps({
    "addresses": len(wanted), "kinds of address": len(by_name), "roles": len(users) + 1, "methods": len(METHODS),
    "requests": sum(statuses.values()), "statuses": statuses,
    "lost answers (5xx)": len(broken), "the first of them": broken[:8],
    "half (tables that looking or pressing changed)": changed,
    "not theirs beside not there": compared, "lost equality": len(differ), "the first that differ": differ[:12],
    "timed addresses": len(hidden), "pairs each": pairs,
    "median gap in ms (median, largest)": [round(statistics.median(gaps), 3), round(max(gaps), 3)] if gaps else [],
    "lost in time (sign test, p under 1% after Bonferroni)": slower,
}))
"""
