from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    name = "joinedup.opportunities"
    label = "opportunities"
