"""The `joinedup` command: thin, every verb calls one function of an app."""

from joinedup.cli.holding import datasets
from joinedup.cli.matching import match
from joinedup.cli.practice import practice
from joinedup.cli.scanning import scan
from joinedup.cli.seating import seat
from joinedup.cli.verbs import main

main.add_command(datasets)
main.add_command(match)
main.add_command(practice)
main.add_command(scan)
main.add_command(seat)

__all__ = ["main"]
