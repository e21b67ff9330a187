from django.http import Http404, HttpRequest, HttpResponse


def strategy(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def commitment(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def commitment_update(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
