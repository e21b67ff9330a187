from django.apps import AppConfig


class TaxonomyConfig(AppConfig):
    name = "joinedup.taxonomy"
    label = "taxonomy"
