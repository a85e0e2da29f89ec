"""Functions of geopoints, traces and shapes: areas, distances, intersections.

Points are ``lat lon alt accuracy``, joined by ``;`` in traces and shapes. The geometry is loaded only when a
form uses it; few do.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Builder, Code, InnerContext
from survey_tui.expressions.failures import failure
from survey_tui.expressions.registry import Function
from survey_tui.expressions.syntax import Call
from survey_tui.expressions.tree import Frame, Value

if TYPE_CHECKING:
    from survey_tui.expressions.functions.geometry import Point


def _points(value: Value, function: str) -> list[Point]:
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


def _build_measure(call: Call, builder: Builder) -> Code:
    import survey_tui.expressions.functions.geometry as geometry

    codes, name = [builder.compile(arg) for arg in call.args], call.name
    measure = geometry.distance if name == "distance" else geometry.area
    nodes = codes[0].nodes if len(codes) == 1 else None
    written = name != "distance" and nodes is None
    number = len(codes) == 1 and codes[0].kind in ("number", "boolean")

    def run(frame: Frame, inner: InnerContext | None) -> float:
        if written or number:
            raise failure("not_a_path", call.pos, function=name)
        found = [code.run(frame, inner) for code in codes] if nodes is None else nodes.values(frame, inner)
        return measure([point for value in found for point in _points(value, name)])

    return Code(run, "number")


def _build_geofence(call: Call, builder: Builder) -> Code:
    """As in JavaRosa, both arguments must be answers of questions; literals fail when evaluated."""
    import survey_tui.expressions.functions.geometry as geometry

    point, ring = (builder.compile(arg) for arg in call.args)
    run_point, run_ring, position, is_answer = point.run, ring.run, call.pos, point.is_path and ring.is_path

    def run(frame: Frame, inner: InnerContext | None) -> bool:
        place = run_point(frame, inner)
        points = _points(place, "geofence") if is_answer and isinstance(place, str) else []
        if len(points) != 1:
            raise failure("geography", position, function="geofence", value=values.text(place)[:60])
        return geometry.within(points[0], _points(run_ring(frame, inner), "geofence"))

    return Code(run, "boolean")


def _intersects(line: Value) -> bool:
    import survey_tui.expressions.functions.geometry as geometry

    return geometry.crosses_itself(_points(line, "intersects"))


FUNCTIONS = (
    Function("area", least=1, most=1, build=_build_measure),
    Function("enclosed-area", least=1, most=1, build=_build_measure),
    Function("distance", least=1, build=_build_measure),
    Function("geofence", least=2, most=2, build=_build_geofence),
    Function("intersects", _intersects, least=1, most=1, kind="boolean"),
)
