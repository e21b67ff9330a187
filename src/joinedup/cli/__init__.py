"""The `joinedup` command: thin, every verb calls one function of an app."""

from joinedup.cli.matching import match
from joinedup.cli.verbs import main

main.add_command(match)

__all__ = ["main"]
