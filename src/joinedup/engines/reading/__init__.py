"""Registers as people keep them, read into frames that the engines take. Pure computation, no input or output;
`docs/methods/reading.md` says the rules."""

from joinedup.engines.reading.read import read_register
from joinedup.engines.reading.register import COLUMNS, Register

__all__ = ["COLUMNS", "Register", "read_register"]
