"""Shares and how sure one can be of them. Pure computation: no records, no files."""

from joinedup.engines.rates.proportions import Difference, difference, paired_difference, wilson

__all__ = ["Difference", "difference", "paired_difference", "wilson"]
