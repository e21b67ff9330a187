"""How we use allauth: accounts are made by invitation, never by signing up, and sign-in is by code."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.mail.compose import compose
from joinedup.mail.send import deliver_now_or_never


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This is not the code that we sent. Check the newest mail from us."),
        "too_many_login_attempts": gettext_lazy(
            "Several codes were asked for this address just now. Wait a minute, then ask again."
        ),
    }

    def get_login_stages(self) -> list[str]:
        ours = "joinedup.accounts.sign_in.openid.FactorStage"
        stages = super().get_login_stages()
        return [ours if each == "allauth.mfa.stages.AuthenticateStage" else each for each in stages]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody gets an account by asking for one: a coordinator or administrator invites them."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Our words, in our look. The page says it when the mail server refuses, for any address alike."""
        # allauth names its own templates: account/email/login_code.
        template = f"accounts/mails/{template_prefix.rpartition('/')[2]}"
        if not deliver_now_or_never(compose(template, email, {"code": context.get("code", "")})):
            messages.error(self.request, _("We could not send the mail. Please try again in a few minutes."))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Suppress allauth's own messages: our pages say where the code went and what to do next."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        messages.error(request, _("This account is closed. Ask the coordinator of your partnership."))
        return redirect("account_login")

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """An account may have been closed between the code and the second factor."""
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def logout(self, request: HttpRequest) -> None:
        super().logout(request)
        messages.success(request, _("You have signed out."))
