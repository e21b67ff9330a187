from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "joinedup.support"
    label = "support"
