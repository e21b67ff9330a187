from django.apps import AppConfig


class TablesConfig(AppConfig):
    name = "joinedup.tables"
    label = "tables"

    def ready(self) -> None:
        from joinedup.tables import listeners  # noqa: F401 (it listens once it is imported)
