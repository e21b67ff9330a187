from django.apps import AppConfig
from django.db.models.signals import pre_save


class AccountsConfig(AppConfig):
    name = "joinedup.accounts"
    label = "accounts"

    def ready(self) -> None:
        from joinedup.accounts import closed_addresses, sessions  # noqa: F401 (they listen once they are imported)
        from joinedup.accounts.one_line import keep_one_line

        pre_save.connect(keep_one_line, dispatch_uid="one line")
