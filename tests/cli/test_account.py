"""`joinedup account …`: for when no administrator can sign in."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from click.testing import Result

from joinedup.accounts.models import AuditEntry, User
from joinedup.accounts.sign_in.second_factor import turn_on
from tests.world import World


def test_a_lost_second_factor_is_taken_away(world: World, joinedup: Callable[..., Result]) -> None:
    turn_on(by=world.person("admin"), secret="JBSWY3DPEHPK3PXP")
    told = joinedup("account", "reset-second-factor", "Admin@example.org")
    assert told.exit_code == 0
    assert Authenticator.objects.count() == 0
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.action, entry.by) == ("account.reset_factor", "the operator")


def test_an_account_is_closed_and_then_erased(world: World, joinedup: Callable[..., Result]) -> None:
    assert joinedup("account", "erase", "bob@example.org").exit_code == 1
    assert joinedup("account", "close", "bob@example.org").exit_code == 0
    assert not User.objects.get(pk=world.bob.pk).is_active
    told = joinedup("account", "erase", "bob@example.org")
    assert told.stdout == "Erased. Where the name stood it says: a member of Lantern Youth.\n"
    assert not User.objects.filter(pk=world.bob.pk).exists()


def test_an_unknown_address_is_one_sentence(world: World, joinedup: Callable[..., Result]) -> None:
    told = joinedup("account", "close", "nobody@example.org")
    assert (told.exit_code, told.stderr) == (
        1,
        "There is no account with the address “nobody@example.org”.\n",
    )
