from django.apps import AppConfig


class ClustersConfig(AppConfig):
    name = "joinedup.clusters"
    label = "clusters"
