from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "joinedup.initiatives"
    label = "initiatives"
