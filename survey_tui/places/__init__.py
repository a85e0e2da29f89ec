"""Provinces, communes and the legacy areas they were made of: ``Places``."""

from __future__ import annotations

from survey_tui.places.model import Commune, LegacyArea, LegacyCommune, Province
from survey_tui.places.places import Places
from survey_tui.places.table import CommuneTable

__all__ = ["Commune", "CommuneTable", "LegacyArea", "LegacyCommune", "Places", "Province"]
