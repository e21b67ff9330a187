"""Sign-in services of organisations (OpenID Connect), which open an account here.

A service says who somebody is; whether they have an account, and what they may do, is decided here alone. The account
is the one with the address that the service vouches for, if the installation allows that service the address's domain.
Nobody gets an account or a role by signing in, and a closed account stays closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.models import User
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.sign_in.second_factor import own_account
from joinedup.mail.compose import compose
from joinedup.mail.send import send_on_commit

# At Google somebody may keep an account with the address of an organisation that they have left. Only what the
# organisation itself runs says so in this claim.
GOOGLE = "https://accounts.google.com"


@dataclass(frozen=True)
class SignInService:
    """One sign-in service, as the installation set it up (`site/sign_in_service_settings.py`).

    `second_factor`: values of the claims `amr` and `acr` by which the service says that it asked for a second factor.
    """

    slug: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    domains: tuple[str, ...]
    are_addresses_verified: bool = False
    second_factor: tuple[str, ...] = ()


def sign_in_services() -> list[SignInService]:
    """As they are set up, in that order."""
    return [SignInService(**each) for each in settings.SIGN_IN_SERVICES]


def service_called(slug: str) -> SignInService | None:
    return next((each for each in sign_in_services() if each.slug == slug), None)


def address_in(claims: Mapping[str, Any], service: SignInService) -> str | None:
    """The address that the service vouches for, in small letters; None if it does not, or may not."""
    address = claims.get("email")
    # Letters beyond ASCII have look-alikes that become the same when they are made small.
    if not isinstance(address, str) or not address.isascii() or address.count("@") != 1:
        return None
    address = address.strip().lower()
    said = claims.get("email_verified")
    is_verified = said in (True, "true") or (said is None and service.are_addresses_verified)
    if not is_verified or address.partition("@")[2] not in service.domains:
        return None
    if service.issuer.rstrip("/") == GOOGLE and claims.get("hd") not in service.domains:
        return None
    return address


def has_second_factor(claims: Mapping[str, Any], service: SignInService) -> bool:
    """Whether the service says that it asked for a second factor, and the installation lets that count."""
    methods, level = claims.get("amr"), claims.get("acr")
    said = {str(each) for each in methods} if isinstance(methods, list) else {str(methods)}
    return bool((said | {str(level)}) & set(service.second_factor))


def account_for(claims: Mapping[str, Any], service: SignInService, subject: str) -> User | None:
    """The open account that somebody may sign in to; None for whatever reason, which is told to nobody.

    Whom the service calls `subject` stays one person: a second one with the same address does not get in by it, nor the
    same one with the address of another account. 3 queries.
    """
    address = address_in(claims, service)
    user = User.objects.filter(email=address, is_active=True).first() if address else None
    if user is None:
        return None
    links = SocialAccount.objects.filter(provider=service.slug)
    is_another = links.filter(user_id=user.pk).exclude(uid=subject).exists()
    is_anothers = links.filter(uid=subject).exclude(user_id=user.pk).exists()
    return None if is_another or is_anothers else user


def links_of(user_id: int) -> list[tuple[SocialAccount, str]]:
    """By which services somebody has signed in, each with what it is called; 1 query."""
    called = {each.slug: each.name for each in sign_in_services()}
    found = SocialAccount.objects.filter(user_id=user_id).order_by("date_joined", "pk")
    return [(each, called.get(each.provider, each.provider)) for each in found]


@transaction.atomic
def link(*, by: Person, service: SignInService, subject: str) -> None:
    """Remember by whom the service means whoever has just signed in; nothing else that it says is stored."""
    require(by, "account.change")
    user = own_account(by)
    _link, is_new = SocialAccount.objects.get_or_create(
        user=user, provider=service.slug, uid=subject, defaults={"extra_data": {}}
    )
    if is_new:
        audit.record(by=by, action="account.link", on=user, after={"service": service.slug})
        context = {"service": service.name}
        send_on_commit([compose("accounts/mails/linked", user.email, context)])


@transaction.atomic
def unlink(*, by: Person, pk: int) -> None:
    """Forget it; whoever signs in there next is linked anew."""
    require(by, "account.change")
    user = own_account(by)
    held = SocialAccount.objects.filter(user_id=user.pk, pk=pk).first()
    if held is None:
        raise ValidationError(_("It is removed already."))
    held.delete()
    audit.record(by=by, action="account.unlink", on=user, before={"service": held.provider}, after={})
