"""Search entries of communes: folded keys, made for a whole province from its text at once.

Folding one long text and splitting it is ten times faster than folding 13,000 names, and the first search
over the country has to be as fast as a key press.
"""

from __future__ import annotations

from collections import defaultdict

from survey_tui.places.areas import Province
from survey_tui.vietnamese import fold, words

# Other usual forms of a province's name, besides its words joined (camau) and its initials (cm), by legacy
# code.
_ALSO = {"01": "tphn", "46": "tth hue", "77": "brvt", "79": "tphcm sai gon saigon sg"}
_TYPES = {"x": " xa", "p": " phuong", "k": " dac khu"}


class SearchEntry:
    """A commune for the search. Every key begins with a space, so that `` k`` finds the start of a key.

    ``phrase`` is the folded name; ``keys`` has it, its words joined, its initials, and the code; ``area``
    today's and legacy names of the province; ``legacy`` the legacy communes and districts, each between
    semicolons.
    """

    __slots__ = ("_legacy_keys", "area", "code", "keys", "legacy", "phrase", "type")

    def __init__(self, code: str, phrase: str, kind: str, area: str, legacy: str) -> None:
        self.code = code
        self.phrase = phrase
        self.keys = f" {phrase}{short_forms(phrase.split())} {code}"
        self.type = kind
        self.area = area
        self.legacy = legacy
        self._legacy_keys: str | None = None

    def legacy_keys(self) -> str:
        """Keys from legacy names: words joined, and initials; made when first needed."""
        if self._legacy_keys is None:
            self._legacy_keys = "".join([short_forms(name.split()) for name in self.legacy.split(";")])
        return self._legacy_keys


def short_forms(found: list[str]) -> str:
    """Keys for a name of several words: the words joined, and the initials with numbers whole."""
    if len(found) < 2:
        return ""
    return f" {''.join(found)} {''.join([word if word.isdigit() else word[0] for word in found])}"


def index_province(province: Province, communes: str, legacy: str) -> list[SearchEntry]:
    """Entries of a province, by code, from the two parts of its text (see ``areas.read_text``)."""
    old = _old_names(_fold_text(legacy))
    areas = _Areas(province)
    entries, code, link = [], 0, ""
    for line in _fold_text(communes).split("\n"):
        step, kind, name, *changed = line.split("\t")
        code += int(step)
        link = changed[0] if changed else link
        key = f"{code:05d}"
        names = "".join(old.get(key, ()))
        entries.append(SearchEntry(key, " ".join(name.split()), _TYPES[kind], areas[link], names))
    return entries


def _fold_text(text: str) -> str:
    return fold(text.replace("–", " ").replace("'", "")).replace("-", " ")


def _old_names(text: str) -> dict[str, list[str]]:
    """Commune code of today to legacy names, each as `` name ;``; districts come before their communes."""
    found: defaultdict[str, list[str]] = defaultdict(lambda: [" ;"])
    district, targets = "", [""]
    for line in text.rstrip("\n").split("\n"):
        cells = line.split("\t")
        if line[0] == "=":
            district = f" {cells[2]} ;"
            continue
        if len(cells) == 4:
            targets = cells[3].split(" ")
        name = f" {cells[2]} ;"
        for code in targets:
            names = found[code]
            if district not in names:
                names.append(district)
            names.append(name)
    return found


class _Areas(dict[str, str]):
    """Codes of legacy provinces (as in the text) to the keys of these provinces and of today's."""

    def __init__(self, province: Province) -> None:
        super().__init__()
        self._here = _area_keys("", province.name)
        self._old = {area.code: _area_keys(area.code, area.name) for area in province.legacy}

    def __missing__(self, link: str) -> str:
        self[link] = self._here + "".join(self._old[code] for code in link.split(" "))
        return self[link]


def _area_keys(legacy_code: str, name: str) -> str:
    found = words(name)
    also = _ALSO.get(legacy_code, "")
    return f" {' '.join(found)}{short_forms(found)} {also} tinh tp thanh pho"
