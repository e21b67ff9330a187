"""The world with something of everything, in which every relation to a partner has a row."""

from tests.trust.conftest import everything, with_hidden

__all__ = ["everything", "with_hidden"]
