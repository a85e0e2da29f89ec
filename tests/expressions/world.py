"""A small form with answers, for tests of expressions."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from survey_tui.expressions import Frame, Node, Value, compile_expression, new_root

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=ZONE)


class Surroundings:
    """An environment with one list and one table."""

    language = "vi"
    version = "3"

    def __init__(self) -> None:
        self.now = NOW
        self.random = random.Random(7)
        self.tables: dict[str, list[dict[str, str]]] = {
            "province": [
                {"name": "86", "label": "Vĩnh Long", "area": "south"},
                {"name": "25", "label": "Phú Thọ", "area": "north"},
                {"name": "96", "label": "Cà Mau", "area": "south"},
            ]
        }

    def choice_label(self, node: Node, name: str) -> str | None:
        rows = self.tables.get(node.list_name, [])
        return next((row["label"] for row in rows if row["name"] == name), None)

    def rows(self, instance: str) -> Sequence[Mapping[str, str]] | None:
        return self.tables.get(instance)

    def text(self, identifier: str) -> str | None:
        return {"hello": "Xin chào"}.get(identifier)

    def last_saved(self, name: str) -> str:
        return {"age": "41", "visit": "2026-11-20"}.get(name, "")


class Household:
    """``data``: some questions, a calculate, a group with a remark, and persons with pets."""

    def __init__(self) -> None:
        self.root = root = new_root()
        self.age = root.add("age", "leaf", "integer")
        self.name = root.add("name", "leaf", "text")
        self.devices = root.add("devices", "leaf", "select_multiple", "device")
        self.province = root.add("province", "leaf", "select_one", "province")
        self.visit = root.add("visit", "leaf", "date")
        self.spot = root.add("spot", "leaf", "geopoint")
        self.far = root.add("far", "leaf", "geopoint")
        self.plot = root.add("plot", "leaf", "geoshape")
        self.result = root.add("result", "leaf", "calculate")
        self.more = root.add("more", "group")
        self.remark = self.more.add("remark", "leaf", "text")
        self.person = root.add("person", "repeat")
        self.p_name = self.person.add("p_name", "leaf", "text")
        self.p_age = self.person.add("p_age", "leaf", "integer")
        self.p_note = self.person.add("p_note", "leaf", "calculate")
        self.pet = self.person.add("pet", "repeat")
        self.pet_name = self.pet.add("pet_name", "leaf", "text")
        self.pet_note = self.pet.add("pet_note", "leaf", "calculate")
        self.environment = Surroundings()
        self.frame = Frame(root, None, 1, self.environment)
        self.frame.values[self.age.slot] = 34.0
        self.frame.values[self.name.slot] = "Nguyễn Thị Huệ"
        self.frame.values[self.devices.slot] = "smartphone laptop"
        self.frame.values[self.province.slot] = "86"
        self.frame.values[self.visit.slot] = dt.date(2026, 11, 21)
        self.frame.values[self.spot.slot] = "1.0 1.0 0.0 0.0"
        self.frame.values[self.far.slot] = "3.0 1.0 0.0 0.0"
        self.frame.values[self.plot.slot] = "0 0; 0 2; 2 2; 2 0; 0 0"
        self.people = [
            self._person(*facts) for facts in (("Lan", 40.0, "Mun Vàng"), ("Tí", 8.0, ""), ("Bà", "", "Mèo"))
        ]

    def _person(self, name: str, age: Value, pets: str) -> Frame:
        members = self.frame.instances.setdefault(self.person, [])
        frame = Frame(self.person, self.frame, len(members) + 1, self.environment)
        frame.values[self.p_name.slot], frame.values[self.p_age.slot] = name, age
        members.append(frame)
        for position, pet in enumerate(pets.split(), 1):
            inner = Frame(self.pet, frame, position, self.environment)
            inner.values[self.pet_name.slot] = pet
            frame.instances.setdefault(self.pet, []).append(inner)
        return frame

    def value(self, text: str, at: Node | None = None, frame: Frame | None = None) -> Value:
        """What ``text`` yields on the calculate of the root, or elsewhere."""
        return compile_expression(text, at or self.result).value(frame or self.frame)
