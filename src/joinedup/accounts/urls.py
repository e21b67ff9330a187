"""URLs of this room. Of allauth's pages only signing in, its code and signing out exist: no passwords."""

from allauth.account.views import logout
from django.urls import path

from joinedup.accounts import again, factor_views, mails, passkey_views, sign_in, sign_in_service_views
from joinedup.accounts.address_mails import address_mails_off
from joinedup.accounts.views import account_details, own_data, person_data, your_account

urlpatterns = [
    # One page under two names: allauth redirects to the second when a code is refused.
    path("account/login/", sign_in.sign_in, name="account_request_login_code"),
    path("account/login/", sign_in.sign_in, name="account_login"),
    path("account/login/code/", sign_in.confirm_code, name="account_confirm_login_code"),
    # allauth looks for this name.
    path("account/login/second/", factor_views.second_step, name="mfa_authenticate"),
    path("account/second-factor/", factor_views.second_factor, name="second_factor"),
    path("account/second-factor/codes/", factor_views.second_factor_codes, name="second_factor_codes"),
    path("account/second-factor/app/", factor_views.second_factor_app, name="second_factor_app"),
    path("account/second-factor/passkey/", passkey_views.passkey_add, name="passkey_add"),
    path("account/second-factor/<int:pk>/", passkey_views.passkey_rename, name="passkey_rename"),
    path("account/second-factor/<int:pk>/remove/", passkey_views.factor_remove, name="factor_remove"),
    path("people/<int:pk>/second-factor/", factor_views.second_factor_reset, name="second_factor_reset"),
    path("account/service/<slug:slug>/", sign_in_service_views.sign_in_service, name="sign_in_service"),
    path(
        "account/service/<slug:slug>/back/",
        sign_in_service_views.sign_in_service_back,
        name="sign_in_service_back",
    ),
    path("account/logout/", logout, name="account_logout"),
    # allauth looks for this name to say in a mail how to get an account.
    path("account/joining/", sign_in.joining, name="account_signup"),
    path("account/welcome/<str:token>/", sign_in.welcome, name="welcome"),
    path("account/again/", again.sign_in_again, name="sign_in_again"),
    path("account/again/on/", again.signed_in_again, name="signed_in_again"),
    path("account/yours/", your_account, name="your_account"),
    path("account/data/", own_data, name="own_data"),
    path("people/<int:pk>/data/", person_data, name="person_data"),
    path("account/details/", account_details, name="account_details"),
    path("account/mails/", mails.account_mails, name="account_mails"),
    path("account/mails/off/<str:token>/", mails.mails_off, name="mails_off"),
    path("mails/off/<str:token>/", address_mails_off, name="address_mails_off"),
]
