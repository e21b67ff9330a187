from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "joinedup.events"
    label = "events"

    def ready(self) -> None:
        from joinedup.events.queries.topics import on_agendas
        from joinedup.opportunities.shown_beside import BESIDE

        BESIDE.append(on_agendas)
