from django.http import Http404, HttpRequest, HttpResponse


def initiatives(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def initiative_add(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def initiative(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def initiative_edit(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def initiative_confirm(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
