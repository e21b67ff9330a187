from django.http import Http404, HttpRequest, HttpResponse


def conversations(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def conversation_open(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def contribute(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def contribution_withdraw(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def conversation(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def moderate(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def contribution_topic(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
