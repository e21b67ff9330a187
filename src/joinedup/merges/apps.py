from django.apps import AppConfig


class MergesConfig(AppConfig):
    name = "joinedup.merges"
    label = "merges"
