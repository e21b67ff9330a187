"""What is said of a theme in a place, and by what it is measured: the words, by themselves.

Records ask for them whenever Django starts, and the model takes a while to load.
"""

STANDS_OUT, LIKE_MUCH, HIGH, MIDDLING, LOW = "stands out", "high like much here", "high", "middling", "low"
NOT_MEASURED, NOT_APART = "not measured", "cannot be told apart"
OWN, SHARED, PROXY, NONE = "own", "shared", "proxy", "none"
