from django.apps import AppConfig


class AboutConfig(AppConfig):
    name = "joinedup.about"
    label = "about"
