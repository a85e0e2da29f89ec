"""Areas and distances on a sphere, from geopoints (``lat lon alt accuracy``), traces and shapes (points
with ``;``)."""

from __future__ import annotations

import math
from itertools import pairwise

import survey_tui.expressions.values as values
from survey_tui.expressions.code import Builder, Code, Inner
from survey_tui.expressions.failures import failure
from survey_tui.expressions.frames import Frame, Value
from survey_tui.expressions.registry import Function
from survey_tui.expressions.syntax import Call

__all__ = ["FUNCTIONS"]

_RADIUS = 6_378_100.0
"""Metres: the equatorial radius that JavaRosa reckons with."""
_METRES_A_DEGREE = 2 * math.pi * _RADIUS / 360

_Point = tuple[float, float]


def _points(value: Value, function: str) -> list[_Point]:
    """The points in one answer, as (latitude, longitude) in degrees."""
    found = []
    for part in values.text(value).split(";"):
        numbers = [values.number(number) for number in part.split()]
        if not numbers:
            continue
        if len(numbers) > 4 or any(map(math.isnan, numbers)):
            raise failure("geography", function=function, value=values.text(value)[:60])
        latitude, longitude, *_ = (*numbers, 0.0)
        found.append((latitude, longitude))
    return found


def _area(points: list[_Point]) -> float:
    """Square metres within the points, in the order in which they come; 0 for fewer than three."""
    if len(points) < 3:
        return 0.0
    first_lat, first_lon = points[0]
    ys = [(lat - first_lat) * _METRES_A_DEGREE for lat, _ in points[1:]]
    xs = [(lon - first_lon) * _METRES_A_DEGREE * math.cos(math.radians(lat)) for lat, lon in points[1:]]
    pairs = zip(xs, xs[1:], ys, ys[1:], strict=False)
    return abs(sum((y1 * x2 - x1 * y2) / 2 for x1, x2, y1, y2 in pairs))


def _distance(points: list[_Point]) -> float:
    """Metres along the points, great circles between them."""
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in pairwise(points):
        phi1, phi2, turn = math.radians(lat1), math.radians(lat2), math.radians(lon1 - lon2)
        cosine = math.sin(phi1) * math.sin(phi2) + math.cos(phi1) * math.cos(phi2) * math.cos(turn)
        total += math.acos(max(-1.0, min(1.0, cosine))) * _RADIUS
    return total


def _within(point: _Point, ring: list[_Point]) -> bool:
    """Whether a ray from the point crosses the closed ring an odd number of times."""
    lat, lon = point
    inside = False
    for (lat1, lon1), (lat2, lon2) in pairwise(ring):
        if (lat2 > lat) != (lat1 > lat) and lon < (lon1 - lon2) * (lat - lat2) / (lat1 - lat2) + lon2:
            inside = not inside
    return inside


def _side(a: _Point, b: _Point, c: _Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: _Point, b: _Point, c: _Point, d: _Point) -> bool:
    """Whether the segments ab and cd have a point in common."""
    sides = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    corners = ((sides[0], a, b, c), (sides[1], a, b, d), (sides[2], c, d, a), (sides[3], c, d, b))
    return any(side == 0 and _between(start, end, point) for side, start, end, point in corners)


def _between(start: _Point, end: _Point, point: _Point) -> bool:
    return all(min(start[i], end[i]) <= point[i] <= max(start[i], end[i]) for i in (0, 1))


def _self_intersects(points: list[_Point]) -> bool:
    """Whether two segments that are no neighbours meet; first and last are neighbours in a closed ring."""
    segments = list(pairwise(points))
    closed = len(points) > 2 and points[0] == points[-1]
    for i, (a, b) in enumerate(segments):
        for j in range(i + 2, len(segments)):
            if closed and i == 0 and j == len(segments) - 1:
                continue
            if _cross(a, b, *segments[j]):
                return True
    return False


_MEASURES = {"area": _area, "enclosed-area": _area, "distance": _distance}


def _build_measure(call: Call, builder: Builder) -> Code:
    codes, measure, name = [builder.compile(arg) for arg in call.args], _MEASURES[call.name], call.name
    nodes = codes[0].nodes if len(codes) == 1 else None
    written = name != "distance" and nodes is None
    number = len(codes) == 1 and codes[0].kind in ("number", "boolean")

    def run(frame: Frame, inner: Inner | None) -> float:
        if written or number:
            raise failure("not_a_path", call.pos, function=name)
        found = [code.run(frame, inner) for code in codes] if nodes is None else nodes.values(frame, inner)
        return measure([point for value in found for point in _points(value, name)])

    return Code(run, "number")


def _build_geofence(call: Call, builder: Builder) -> Code:
    """As in JavaRosa both must be answers of questions; what is written out fails when evaluated."""
    point, ring = (builder.compile(arg) for arg in call.args)
    run_point, run_ring, position, is_answer = point.run, ring.run, call.pos, point.is_path and ring.is_path

    def run(frame: Frame, inner: Inner | None) -> bool:
        place = run_point(frame, inner)
        points = _points(place, "geofence") if is_answer and isinstance(place, str) else []
        if len(points) != 1:
            raise failure("geography", position, function="geofence", value=values.text(place)[:60])
        return _within(points[0], _points(run_ring(frame, inner), "geofence"))

    return Code(run, "boolean")


def _intersects(line: Value) -> bool:
    return _self_intersects(_points(line, "intersects"))


FUNCTIONS = (
    Function("area", least=1, most=1, build=_build_measure),
    Function("enclosed-area", least=1, most=1, build=_build_measure),
    Function("distance", least=1, build=_build_measure),
    Function("geofence", least=2, most=2, build=_build_geofence),
    Function("intersects", _intersects, least=1, most=1, kind="boolean"),
)
