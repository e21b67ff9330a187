"""The `joinedup` command: thin, every verb calls one function of an app."""

from joinedup.cli.verbs import main

__all__ = ["main"]
