from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "joinedup.accounts"
    label = "accounts"

    def ready(self) -> None:
        from joinedup.accounts import closed_addresses, sessions  # noqa: F401 (they listen once they are imported)
