"""Sign-in services of organisations (OpenID Connect), from the environment."""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import urlsplit

from joinedup.site import environment

NEEDED = ("NAME", "ISSUER", "CLIENT_ID", "CLIENT_SECRET", "DOMAINS")
ALLOWED = (*NEEDED, "ADDRESSES_VERIFIED", "SECOND_FACTOR")
CALLED = re.compile(r"[a-z][a-z0-9-]{0,30}")
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
HERE = ("127.0.0.1", "localhost", "::1")
# Of Microsoft, for accounts of any organisation or of none.
ANYBODYS = ("common", "organizations", "consumers")


def sign_in_services() -> tuple[list[dict[str, Any]], list[str]]:
    """The arguments of `accounts.sign_in.services.SignInService` for each service that is set up whole; and what is
    wrong with the others, which are off, one sentence each."""
    found, problems, prefixes = [], [], []
    for slug in [each.lower() for each in environment.words("OIDC", default=[])]:
        if not CALLED.fullmatch(slug):
            problems.append(f"OIDC: “{slug}” must be a short word of a-z, 0-9 and dashes.")
            continue
        prefix = f"OIDC_{slug.upper().replace('-', '_')}_"
        if prefix in prefixes:
            problems.append(f"OIDC names {slug} twice.")
            continue
        prefixes.append(prefix)
        values = {each: os.environ.get(prefix + each, "").strip() for each in ALLOWED}
        wrong = _wrong(prefix, values)
        problems += [f"{each} Nobody signs in with {slug} until then." for each in wrong]
        if not wrong:
            found.append(_service(slug, prefix, values))
    known = {prefix + each for prefix in prefixes for each in ALLOWED}
    stray = sorted(each for each in os.environ if each.startswith("OIDC_") and each not in known)
    problems += [f"{each} belongs to nothing that OIDC names, or is misspelt." for each in stray]
    return found, problems


def _wrong(prefix: str, values: dict[str, str]) -> list[str]:
    lacking = [prefix + each for each in NEEDED if not values[each]]
    if lacking:
        return [f"{', '.join(lacking)} must be set too."]
    issuer = urlsplit(values["ISSUER"])
    if issuer.scheme != "https" and not (issuer.scheme == "http" and issuer.hostname in HERE):
        return [f"{prefix}ISSUER must begin with https://."]
    if ".well-known" in issuer.path or issuer.query:
        return [f"{prefix}ISSUER must be the issuer alone, without /.well-known/…"]
    if set(issuer.path.split("/")) & set(ANYBODYS):
        return [f"{prefix}ISSUER must be that of one organisation, with its tenant’s number."]
    domains = [each.strip().lower() for each in values["DOMAINS"].split(",")]
    if not all(DOMAIN.fullmatch(each) for each in domains):
        return [f"{prefix}DOMAINS must be names such as council.gov.uk, with commas between."]
    return []


def _service(slug: str, prefix: str, values: dict[str, str]) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": values["NAME"],
        "issuer": values["ISSUER"],
        "client_id": values["CLIENT_ID"],
        "client_secret": values["CLIENT_SECRET"],
        "domains": tuple(each.lower() for each in environment.words(f"{prefix}DOMAINS", default=[])),
        "are_addresses_verified": environment.flag(f"{prefix}ADDRESSES_VERIFIED", default=False),
        "second_factor": tuple(environment.words(f"{prefix}SECOND_FACTOR", default=[])),
    }
