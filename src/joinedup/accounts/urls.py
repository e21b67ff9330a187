"""URLs of this room."""

from django.urls import path

from joinedup.accounts import mails
from joinedup.accounts.address_mails import address_mails_off
from joinedup.accounts.leaving.views import own_data, person_data
from joinedup.accounts.sign_in.urls import urlpatterns as of_signing_in
from joinedup.accounts.views import account_details, your_account

urlpatterns = [
    *of_signing_in,
    path("account/yours/", your_account, name="your_account"),
    path("account/data/", own_data, name="own_data"),
    path("people/<int:pk>/data/", person_data, name="person_data"),
    path("account/details/", account_details, name="account_details"),
    path("account/mails/", mails.account_mails, name="account_mails"),
    path("account/mails/off/<str:token>/", mails.mails_off, name="mails_off"),
    path("mails/off/<str:token>/", address_mails_off, name="address_mails_off"),
]
