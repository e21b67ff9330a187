from django.http import Http404, HttpRequest, HttpResponse


def events(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event_add(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event_edit(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event_register(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event_topics(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event_people(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event_invitations(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event_plan(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def event_plan_print(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def sitting(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def agreements(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def agreement(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def agreement_start(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def agreement_report(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def invitation(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def attending(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
