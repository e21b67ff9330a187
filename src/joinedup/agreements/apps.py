from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "joinedup.agreements"
    label = "agreements"

    def ready(self) -> None:
        from joinedup.agreements import listeners  # noqa: F401 (it listens once it is imported)
