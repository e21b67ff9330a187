from django.http import Http404, HttpRequest, HttpResponse


def support(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def offer_add(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def offer(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def offer_edit(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def offer_confirm(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
