"""The `joinedup` command: thin, every verb calls one function of an app."""

import click


@click.group()
def main() -> None:
    """JoinedUp: from evidence of need to joint work that is kept."""
