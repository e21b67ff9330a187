"""URLs of signing in. Of allauth's pages only the address, its code and signing out exist: no passwords."""

from allauth.account.views import logout
from django.urls import path

from joinedup.accounts.sign_in import again_views, code_views, factor_views, passkey_views, service_views

urlpatterns = [
    # One page under two names: allauth redirects to the second when a code is refused.
    path("account/login/", code_views.sign_in, name="account_request_login_code"),
    path("account/login/", code_views.sign_in, name="account_login"),
    path("account/login/code/", code_views.confirm_code, name="account_confirm_login_code"),
    # allauth looks for this name.
    path("account/login/second/", factor_views.second_step, name="mfa_authenticate"),
    path("account/second-factor/", factor_views.second_factor, name="second_factor"),
    path("account/second-factor/codes/", factor_views.second_factor_codes, name="second_factor_codes"),
    path("account/second-factor/app/", factor_views.second_factor_app, name="second_factor_app"),
    path("account/second-factor/passkey/", passkey_views.passkey_add, name="passkey_add"),
    path("account/second-factor/<int:pk>/", passkey_views.passkey_rename, name="passkey_rename"),
    path("account/second-factor/<int:pk>/remove/", passkey_views.factor_remove, name="factor_remove"),
    path("people/<int:pk>/second-factor/", factor_views.second_factor_reset, name="second_factor_reset"),
    path("account/service/<slug:slug>/", service_views.sign_in_service, name="sign_in_service"),
    path(
        "account/service/<slug:slug>/back/",
        service_views.sign_in_service_back,
        name="sign_in_service_back",
    ),
    path("account/logout/", logout, name="account_logout"),
    # allauth looks for this name to say in a mail how to get an account.
    path("account/joining/", code_views.joining, name="account_signup"),
    path("account/welcome/<str:token>/", code_views.welcome, name="welcome"),
    path("account/again/", again_views.sign_in_again, name="sign_in_again"),
    path("account/again/on/", again_views.signed_in_again, name="signed_in_again"),
]
