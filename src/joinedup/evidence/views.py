from django.http import Http404, HttpRequest, HttpResponse


def sources(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def dataset(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def methods(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def figure(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
