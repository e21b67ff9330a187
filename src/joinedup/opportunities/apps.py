from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    name = "joinedup.opportunities"
    label = "opportunities"

    def ready(self) -> None:
        from joinedup.opportunities.touching import listen

        listen()
