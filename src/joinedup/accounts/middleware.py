"""Who is making the request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from joinedup.accounts.person import Person


def reader(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.person`, read from the database only when it is used."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.person = SimpleLazyObject(lambda: Person.of(request.user))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
