"""The `joinedup` command. It is thin: every verb calls one function of an app."""

from joinedup.cli.account_command import account
from joinedup.cli.backup_commands import backup, restore, upgrade
from joinedup.cli.datasets_command import datasets
from joinedup.cli.fetch_command import fetch
from joinedup.cli.figures_command import figures
from joinedup.cli.match_command import match
from joinedup.cli.partners_command import partners
from joinedup.cli.places_command import places
from joinedup.cli.practice_command import practice
from joinedup.cli.scan_command import scan
from joinedup.cli.seat_command import seat
from joinedup.cli.support_command import support
from joinedup.cli.verbs import main

for verb in (
    account,
    backup,
    datasets,
    fetch,
    figures,
    match,
    partners,
    places,
    practice,
    restore,
    scan,
    seat,
    support,
    upgrade,
):
    main.add_command(verb)

__all__ = ["main"]
