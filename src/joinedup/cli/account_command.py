"""`joinedup account`: what an administrator does on pages, for when none can sign in."""

from __future__ import annotations

import click

from joinedup.cli.console import with_records


@click.group()
def account() -> None:
    """Accounts: close one, erase one, or take away a second factor that was lost."""


@account.command("close")
@click.argument("email")
@click.option("--and-erase", is_flag=True, help="Erase it too, after the day for an undo.")
@with_records
def account_close(email: str, and_erase: bool) -> None:
    """Close an account: no access, no feeds, no links, no mails.

    Example: joinedup account close name@example.org
    """
    from joinedup.accounts.leaving.closing import close_account
    from joinedup.accounts.person import Person
    from joinedup.accounts.queries import account_of

    close_account(by=Person.operator(), user=account_of(email), and_erase=and_erase)
    click.echo(
        f"The account of {email} is closed. Until tomorrow an administrator can undo it on the page “People”."
    )


@account.command("erase")
@click.argument("email")
@with_records
def account_erase(email: str) -> None:
    """Erase a closed account at once; this cannot be undone.

    Example: joinedup account erase name@example.org
    """
    from joinedup.accounts.leaving.erasure import erase_account
    from joinedup.accounts.person import Person
    from joinedup.accounts.queries import account_of

    done = erase_account(by=Person.operator(), user=account_of(email))
    click.echo(f"Erased. Where the name stood it says: {done.role}.")
    if done.left:
        click.echo(f"The name is still part of the name of: {', '.join(done.left)}.")


@account.command("reset-second-factor")
@click.argument("email")
@with_records
def account_reset_second_factor(email: str) -> None:
    """Take away the second factor of somebody who lost it. Make sure that it is them who ask.

    Example: joinedup account reset-second-factor name@example.org
    """
    from joinedup.accounts.person import Person
    from joinedup.accounts.queries import account_of
    from joinedup.accounts.sign_in.second_factor import reset

    reset(by=Person.operator(), user=account_of(email))
    click.echo(f"{email} signs in with a code from a mail alone now, and can set a second factor up again.")
