"""JoinedUp: from evidence of need to joint work that is kept."""

__version__ = "0.1.0"
