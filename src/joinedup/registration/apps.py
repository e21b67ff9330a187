from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "joinedup.registration"
    label = "registration"

    def ready(self) -> None:
        from joinedup.registration import listeners  # noqa: F401 (it listens once it is imported)
