from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "joinedup.visits"
    label = "visits"
