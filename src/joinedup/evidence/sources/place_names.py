"""Names of places, as publishers write them."""

import re


def plain(name: str) -> str:
    """A place name without the differences that publishers make: case, &, hyphens, spaces."""
    return re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("&", " and ")).strip()
