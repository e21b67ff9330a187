from django.apps import AppConfig
from django.db.models.signals import pre_save


class AccountsConfig(AppConfig):
    name = "joinedup.accounts"
    label = "accounts"

    def ready(self) -> None:
        # They listen once they are imported.
        from joinedup.accounts.leaving import closed_addresses  # noqa: F401
        from joinedup.accounts.one_line import keep_one_line
        from joinedup.accounts.sign_in import sessions  # noqa: F401

        pre_save.connect(keep_one_line, dispatch_uid="one line")
