from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "joinedup.voice"
    label = "voice"

    def ready(self) -> None:
        from joinedup.opportunities.shown_beside import HEARD
        from joinedup.voice.queries import heard

        HEARD.append(heard)
