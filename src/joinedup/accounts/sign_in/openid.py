"""How allauth's OpenID Connect is used: with PKCE, a state and a nonce, every signature checked, nothing stored of what
a service says, and no account made.

allauth trusts a token that came by TLS without looking at its signature, knows no nonce, and takes what userinfo says
of whomever; here all three are checked (OpenID Connect Core 1.0, 3.1.3.7 and 5.3.2).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy
from requests import RequestException

from joinedup.accounts.sign_in.services import (
    SignInService,
    account_for,
    has_second_factor,
    service_called,
)
from joinedup.at_work import while_waiting

logger = logging.getLogger("joinedup.sign_in")

# With a public key of the service only; never with a shared secret, and never none.
ALGORITHMS = [f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)]
CLOCKS_DIFFER = 60  # seconds
LONGEST_SUBJECT = 191
HERE = ("127.0.0.1", "localhost", "::1")
# A service that does not answer, or not as it should.
FAULTS = (OAuth2Error, RequestException)

DOWN, CANCELLED, EXPIRED, REFUSED, TOO_OFTEN = "down", "cancelled", "expired", "refused", "too often"
SENTENCES = {
    DOWN: gettext_lazy(
        "%(name)s does not answer as it should just now. Try again in a few minutes, or ask for a code by mail."
    ),
    CANCELLED: gettext_lazy("You did not sign in with %(name)s. Try again, or ask for a code by mail."),
    EXPIRED: gettext_lazy(
        "That took too long, or was begun in another browser. Try %(name)s again, or ask for a code by mail."
    ),
    TOO_OFTEN: gettext_lazy("Tried many times just now. Wait a minute, then try %(name)s again."),
    # The same whether the address is not allowed, has no account, or a closed one.
    REFUSED: gettext_lazy(
        "We could not sign you in with %(name)s. Ask for a code by mail instead. If that does not work either, ask the "
        "coordinator of your partnership."
    ),
}


class Unfit(OAuth2Error):
    """An answer that is not accepted. Its words are ours, fit for a log."""


@contextmanager
def read() -> Iterator[None]:
    """Whatever a service answers that is not what it should be is `Unfit`."""
    try:
        yield
    except FAULTS:
        raise
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unfit(type(error).__name__) from None


def turned_back(
    request: HttpRequest, service: SignInService, why: str, *, to: str = "", detail: str = ""
) -> HttpResponse:
    """To the sign-in page with one sentence. The log says which service and what, never what was sent."""
    fields = {"service": service.slug, "why": f"{why} {detail}".strip()}
    logger.warning("not signed in by a service", extra={"fields": fields})
    messages.error(request, SENTENCES[why] % {"name": service.name})
    query = f"?{urlencode({'next': to})}" if to else ""
    return redirect(reverse("account_login") + query)


def detail_of(error: BaseException | None) -> str:
    """What may be logged of an error: the words of others may hold a token."""
    return str(error) if isinstance(error, Unfit) else type(error).__name__ if error else ""


class OpenIDClient(OpenIDConnectOAuth2Adapter):
    """One exchange with the service of an organisation. `nonce` is the one that this browser began with."""

    nonce = ""

    @cached_property
    def service(self) -> SignInService:
        found = service_called(self.provider_id)
        assert found is not None
        return found

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        with read():
            return self._config()

    def _config(self) -> dict[str, Any]:
        config = _json(f"{self.service.issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(config["issuer"]).rstrip("/") != self.service.issuer.rstrip("/"):
            raise Unfit("another issuer")
        ends = [str(config[each]) for each in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        ends.append(str(config.get("userinfo_endpoint", self.service.issuer)))
        # As safe as the issuer, which is on this machine where it has no https (`site/sign_in_service_settings.py`).
        is_here = self.service.issuer.startswith("http://")
        for each in map(urlsplit, ends):
            if each.scheme != "https" and not (is_here and each.hostname in HERE):
                raise Unfit("no https")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """By `SITE_URL`: a request's own host cannot be trusted."""
        return settings.SITE_URL + reverse("sign_in_service_back", args=[self.provider_id])

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        with read(), while_waiting():
            return super().get_access_token_data(*args, **kwargs)

    def parse_token(self, data: Any) -> Any:
        with read():
            return super().parse_token(data)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        with read():
            claims = self._claims(str(kwargs["response"]["id_token"]))
            if "email" not in claims and "userinfo_endpoint" in self.openid_config:
                claims = self._userinfo(token.token, claims["sub"]) | claims
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.claims = claims
        return login

    def _userinfo(self, token: str, subject: str) -> dict[str, Any]:
        told = _json(self.profile_url, token)
        if told.get("sub") != subject:
            raise Unfit("userinfo of another")
        return told

    def _claims(self, id_token: str) -> dict[str, Any]:
        kid = jwt.get_unverified_header(id_token).get("kid")
        keys = jwt.PyJWKSet.from_dict(_json(self.openid_config["jwks_uri"])).keys
        fitting = [each for each in keys if each.key_id == kid or (kid is None and len(keys) == 1)]
        if not fitting:
            raise Unfit("unknown key")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=fitting[0].key,
            algorithms=ALGORITHMS,
            audience=self.service.client_id,
            issuer=self.openid_config["issuer"],
            leeway=CLOCKS_DIFFER,
            options={"require": ["iss", "aud", "exp", "iat", "sub"]},
        )
        is_for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if is_for_several and claims.get("azp") != self.service.client_id:
            raise Unfit("for another")
        if not self.nonce or not constant_time_compare(str(claims.get("nonce", "")), self.nonce):
            raise Unfit("another nonce")
        if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
            raise Unfit("odd subject")
        return claims


def _json(address: str, token: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with while_waiting(), get_adapter().get_requests_session() as session:
        answer = session.get(address, headers=headers)
        answer.raise_for_status()
        found = answer.json()
    if not isinstance(found, dict):
        raise Unfit("no object")
    return found


class OpenIDProvider(OpenIDConnectProvider):
    """Of whom a service means only its name for them is taken over: no name, no address."""

    pkce_enabled_default = True
    oauth2_adapter_class = OpenIDClient

    def get_oauth2_adapter(self, request: HttpRequest) -> OpenIDClient:
        """One for each sign-in, so that what the service says of itself is asked once."""
        if not hasattr(self, "_client"):
            self._client = OpenIDClient(request, self.app.provider_id)
        return self._client

    def serialize(self) -> dict[str, Any]:
        """For the session, while a second factor is asked for; `OpenIDAdapter.get_provider` finds it again."""
        return {"id": self.sub_id}

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


def provider_of(request: HttpRequest, service: SignInService) -> OpenIDProvider:
    app = SocialApp(
        provider="openid_connect",
        provider_id=service.slug,
        name=service.name,
        client_id=service.client_id,
        secret=service.client_secret,
        settings={"server_url": service.issuer},
    )
    return OpenIDProvider(request, app=app)


class OpenIDAdapter(DefaultSocialAccountAdapter):
    """Where allauth asks what to do. Services come from the settings; its table of them stays empty."""

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> OpenIDProvider:
        service = service_called(provider)
        if service is None:
            # Taken out of the settings while somebody signs in: allauth begins anew at this kind of error.
            raise ValueError
        return provider_of(request, service)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        return sociallogin.user

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The account is found by our rule alone, whomever allauth has found."""
        service = service_called(sociallogin.account.provider)
        assert service is not None
        to = sociallogin.state.get("next") or ""
        user = account_for(sociallogin.claims, service, sociallogin.account.uid)
        if user is None:
            raise ImmediateHttpResponse(turned_back(request, service, REFUSED, to=to))
        sociallogin.user = user
        # What opens doors at the service is not stored, not even while a second factor is asked for.
        sociallogin.token = None
        counts = has_second_factor(sociallogin.claims, service)
        sociallogin.state = {"next": to or None, "second_factor": counts}

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        service = service_called(provider.sub_id)
        assert service is not None
        state = (extra_context or {}).get("state")
        why = EXPIRED if state is None else CANCELLED if error == AuthError.CANCELLED else DOWN
        to = (state or {}).get("next") or ""
        raise ImmediateHttpResponse(turned_back(request, service, why, to=to, detail=detail_of(exception)))


class FactorStage(AuthenticateStage):
    """The second step of signing in; left out where the organisation's own counts."""

    def _should_handle(self, request: HttpRequest) -> bool:
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        if sociallogin is not None and sociallogin.state.get("second_factor"):
            return False
        return bool(super()._should_handle(request))
