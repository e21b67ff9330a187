"""The `joinedup` command. It is thin: every verb calls one function of an app."""

from joinedup.cli.datasets_command import datasets
from joinedup.cli.fetch_command import fetch
from joinedup.cli.match_command import match
from joinedup.cli.practice_command import practice
from joinedup.cli.scan_command import scan
from joinedup.cli.seat_command import seat
from joinedup.cli.verbs import main

main.add_command(datasets)
main.add_command(fetch)
main.add_command(match)
main.add_command(practice)
main.add_command(scan)
main.add_command(seat)

__all__ = ["main"]
