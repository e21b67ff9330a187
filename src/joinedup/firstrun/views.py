from django.http import Http404, HttpRequest, HttpResponse


def first_run(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def first_run_area(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def first_run_missing(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def first_run_invitations(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def first_run_brief(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
