from django.apps import AppConfig


class AboutConfig(AppConfig):
    name = "joinedup.about"
    label = "about"

    def ready(self) -> None:
        """Where nobody else answers a mail, the body that is responsible does."""
        from joinedup.about.queries import reply_addresses
        from joinedup.mail.replies import INSTALLATION

        INSTALLATION.append(reply_addresses)
