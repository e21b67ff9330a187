from django.http import Http404, HttpRequest, HttpResponse


def opportunities(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def opportunity_spot(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def opportunity(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def opportunity_answer(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def opportunity_take_up(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def opportunity_set_aside(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
