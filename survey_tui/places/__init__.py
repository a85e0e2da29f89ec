"""Provinces, communes and the legacy areas they were made of: ``Places``."""

from __future__ import annotations

from survey_tui.places.areas import Commune, LegacyArea, LegacyCommune, Province
from survey_tui.places.commune_table import CommuneTable
from survey_tui.places.gazetteer import Places

__all__ = ["Commune", "CommuneTable", "LegacyArea", "LegacyCommune", "Places", "Province"]
