from django.apps import AppConfig


class FirstrunConfig(AppConfig):
    name = "joinedup.firstrun"
    label = "firstrun"
