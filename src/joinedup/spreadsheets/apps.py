from django.apps import AppConfig


class SpreadsheetsConfig(AppConfig):
    name = "joinedup.spreadsheets"
    label = "spreadsheets"
