"""Police force areas of London, as they ship."""

from joinedup.places.shipped import SHIPPED, frames, read_parts

__all__ = ["CITY", "MET", "SHIPPED", "frames", "read_parts"]

MET, CITY = "E23000001", "E23000034"
