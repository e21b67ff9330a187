"""How sure a need has to be before anything is said of it.

By itself, since records ask for it whenever Django starts, and the engine takes a second to load.
"""

# Need of a certainty under this is not said, ranked or matched by: it is not known, as on the page of the place.
LEAST_CERTAINTY = 0.3
