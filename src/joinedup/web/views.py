from django.http import Http404, HttpRequest, HttpResponse


def home(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def search(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def place(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def my_work(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def worried(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
