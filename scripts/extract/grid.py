"""Longitude and latitude to British National Grid metres.

The method is that of Ordnance Survey, "A guide to coordinate systems in Great Britain": a seven-parameter
Helmert shift from WGS84 to OSGB36, then the transverse Mercator series. It is good to about 5 m, half of
the 10 m step in which outlines are drawn, and needs no grid file.
"""

import numpy as np

WGS84 = (6378137.0, 6356752.3142)
AIRY_1830 = (6377563.396, 6356256.909)
TO_OSGB36 = {
    "shift": np.array([-446.448, 125.157, -542.060]),
    "turn": np.radians(np.array([-0.1502, -0.2470, -0.8421]) / 3600),
    "scale": 20.4894e-6,
}
SCALE = 0.9996012717
LATITUDE_0, LONGITUDE_0 = np.radians(49.0), np.radians(-2.0)
EAST_0, NORTH_0 = 400000.0, -100000.0


def _cartesian(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    a, b = WGS84
    e2 = 1 - (b / a) ** 2
    nu = a / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    return np.stack(
        [
            nu * np.cos(latitude) * np.cos(longitude),
            nu * np.cos(latitude) * np.sin(longitude),
            (1 - e2) * nu * np.sin(latitude),
        ]
    )


def _osgb36(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same points as longitude and latitude on the Airy 1830 ellipsoid, radians."""
    rx, ry, rz = TO_OSGB36["turn"]
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]]) + np.eye(3) * TO_OSGB36["scale"]
    x, y, z = turn @ _cartesian(longitude, latitude) + TO_OSGB36["shift"][:, None]
    a, b = AIRY_1830
    e2 = 1 - (b / a) ** 2
    p = np.hypot(x, y)
    phi = np.arctan2(z, p * (1 - e2))
    for _ in range(6):
        nu = a / np.sqrt(1 - e2 * np.sin(phi) ** 2)
        phi = np.arctan2(z + e2 * nu * np.sin(phi), p)
    return np.arctan2(y, x), phi


def national_grid(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Easting and northing in metres of points given in degrees (WGS84)."""
    lam, phi = _osgb36(np.radians(longitude), np.radians(latitude))
    a, b = AIRY_1830
    e2 = 1 - (b / a) ** 2
    n = (a - b) / (a + b)
    sin, cos, tan = np.sin(phi), np.cos(phi), np.tan(phi)
    nu = a * SCALE / np.sqrt(1 - e2 * sin**2)
    rho = a * SCALE * (1 - e2) / (1 - e2 * sin**2) ** 1.5
    eta2 = nu / rho - 1
    minus, plus = phi - LATITUDE_0, phi + LATITUDE_0
    arc = (
        b
        * SCALE
        * (
            (1 + n + 1.25 * n**2 + 1.25 * n**3) * minus
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * np.sin(minus) * np.cos(plus)
            + (15 / 8 * (n**2 + n**3)) * np.sin(2 * minus) * np.cos(2 * plus)
            - (35 / 24 * n**3) * np.sin(3 * minus) * np.cos(3 * plus)
        )
    )
    d = lam - LONGITUDE_0
    north = (
        arc
        + NORTH_0
        + nu / 2 * sin * cos * d**2
        + nu / 24 * sin * cos**3 * (5 - tan**2 + 9 * eta2) * d**4
        + nu / 720 * sin * cos**5 * (61 - 58 * tan**2 + tan**4) * d**6
    )
    east = (
        EAST_0
        + nu * cos * d
        + nu / 6 * cos**3 * (nu / rho - tan**2) * d**3
        + nu / 120 * cos**5 * (5 - 18 * tan**2 + tan**4 + 14 * eta2 - 58 * tan**2 * eta2) * d**5
    )
    return east, north
