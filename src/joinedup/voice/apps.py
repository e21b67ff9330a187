from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "joinedup.voice"
    label = "voice"
