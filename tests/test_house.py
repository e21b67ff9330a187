"""Rules of the house that a machine can hold."""

from django.apps import apps

from joinedup.accounts.personal import PERSONAL


def test_every_model_says_which_of_its_fields_are_personal() -> None:
    ours = {m._meta.label for m in apps.get_models() if m.__module__.startswith("joinedup.")}
    assert ours == set(PERSONAL)


def test_personal_fields_exist() -> None:
    for label, fields in PERSONAL.items():
        names = {field.name for field in apps.get_model(label)._meta.get_fields()}
        assert fields <= names, label
