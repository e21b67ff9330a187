"""Proportions and their intervals. Pure computation: no database, no files."""

from joinedup.engines.rates.proportions import Difference, difference, paired_difference, wilson

__all__ = ["Difference", "difference", "paired_difference", "wilson"]
