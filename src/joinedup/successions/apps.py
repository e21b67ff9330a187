from django.apps import AppConfig


class SuccessionsConfig(AppConfig):
    name = "joinedup.successions"
    label = "successions"
