from django.http import Http404, HttpRequest, HttpResponse


def partners(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def partner_add(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def partner(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def partner_edit(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def partner_confirm(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def ask_add(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def ask_close(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
