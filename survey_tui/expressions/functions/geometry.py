"""Areas, distances and crossings of points on a sphere, computed as JavaRosa does."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
"""Latitude and longitude in degrees."""

_RADIUS = 6_378_100.0
"""Metres: the equatorial radius that JavaRosa uses."""
_METRES_A_DEGREE = 2 * math.pi * _RADIUS / 360


def area(points: list[Point]) -> float:
    """Square metres enclosed by the points in their order; 0 for fewer than three."""
    if len(points) < 3:
        return 0.0
    first_lat, first_lon = points[0]
    ys = [(lat - first_lat) * _METRES_A_DEGREE for lat, _ in points[1:]]
    xs = [(lon - first_lon) * _METRES_A_DEGREE * math.cos(math.radians(lat)) for lat, lon in points[1:]]
    pairs = zip(xs, xs[1:], ys, ys[1:], strict=False)
    return abs(sum((y1 * x2 - x1 * y2) / 2 for x1, x2, y1, y2 in pairs))


def distance(points: list[Point]) -> float:
    """Metres along the points, great circles between them."""
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in pairwise(points):
        phi1, phi2, turn = math.radians(lat1), math.radians(lat2), math.radians(lon1 - lon2)
        cosine = math.sin(phi1) * math.sin(phi2) + math.cos(phi1) * math.cos(phi2) * math.cos(turn)
        total += math.acos(max(-1.0, min(1.0, cosine))) * _RADIUS
    return total


def within(point: Point, ring: list[Point]) -> bool:
    """Whether a ray from the point crosses the closed ring an odd number of times."""
    lat, lon = point
    inside = False
    for (lat1, lon1), (lat2, lon2) in pairwise(ring):
        if (lat2 > lat) != (lat1 > lat) and lon < (lon1 - lon2) * (lat - lat2) / (lat1 - lat2) + lon2:
            inside = not inside
    return inside


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments ab and cd have a point in common."""
    sides = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    corners = ((sides[0], a, b, c), (sides[1], a, b, d), (sides[2], c, d, a), (sides[3], c, d, b))
    return any(side == 0 and _between(start, end, point) for side, start, end, point in corners)


def _between(start: Point, end: Point, point: Point) -> bool:
    return all(min(start[i], end[i]) <= point[i] <= max(start[i], end[i]) for i in (0, 1))


def crosses_itself(points: list[Point]) -> bool:
    """Whether two non-adjacent segments meet; in a closed ring, the first and the last are adjacent."""
    segments = list(pairwise(points))
    closed = len(points) > 2 and points[0] == points[-1]
    for i, (a, b) in enumerate(segments):
        for j in range(i + 2, len(segments)):
            if closed and i == 0 and j == len(segments) - 1:
                continue
            if _cross(a, b, *segments[j]):
                return True
    return False
