"""The request as our middleware leaves it, with the person who is asking."""

from django.http import HttpRequest

from joinedup.accounts.person import Person


class Request(HttpRequest):
    """For annotations only: Django makes the real ones."""

    person: Person
