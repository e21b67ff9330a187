from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "joinedup.partners"
    label = "partners"
