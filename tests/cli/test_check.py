"""`check` for people and for machines: notes are said and pass, what is wrong does not."""

import json
from collections.abc import Callable
from typing import Any

from click.testing import Result

from joinedup.accounts.models import Grant
from tests.world import World


def test_all_is_well(world: World, joinedup: Callable[..., Result], settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    told = joinedup("check")
    assert (told.exit_code, told.stdout, told.stderr) == (0, "All is well.\n", "")
    assert json.loads(joinedup("check", "--json").stdout) == []


def test_a_note_passes_and_a_wrong_does_not(
    world: World, joinedup: Callable[..., Result], settings: Any
) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert joinedup("check").exit_code == 0
    Grant.objects.filter(role="administrator").delete()
    told = joinedup("check")
    assert told.exit_code == 1
    assert told.stdout.splitlines()[-1] == "accounts: Nobody is administrator: run “joinedup init”."
    machine = joinedup("check", "--json")
    assert (machine.exit_code, machine.stderr) == (1, "")
    assert [(each["what"], each["is_wrong"]) for each in json.loads(machine.stdout)] == [
        ("mail", False),
        ("accounts", True),
    ]
