from django.http import Http404, HttpRequest, HttpResponse


def uploads(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def upload_new(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def upload_columns(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def upload_preview(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def upload_undo(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
