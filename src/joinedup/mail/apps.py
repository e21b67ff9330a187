from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "joinedup.mail"
    label = "mail"
