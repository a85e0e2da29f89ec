"""Installed plugins are found by reading entry_points.txt, without importing anything."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from survey_tui.plugins.metadata import EntryPoint, installed_entry_points


def distribution(site: Path, name: str, text: str) -> None:
    metadata = site / f"{name}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "entry_points.txt").write_text(text, encoding="utf-8")


def test_agrees_with_importlib_metadata_on_what_is_installed_here() -> None:
    for group in ("console_scripts", "pytest11", "survey_tui"):
        theirs = {(point.name, point.value) for point in importlib.metadata.entry_points(group=group)}
        ours = {
            (point.name, point.module + (f":{point.attribute}" if point.attribute else ""))
            for point in installed_entry_points(group=group)
        }
        assert ours == theirs


def test_reads_one_group_with_attributes_extras_and_comments(tmp_path: Path) -> None:
    distribution(
        tmp_path,
        "ca_mau-1.2",
        "[console_scripts]\nx = y:z\n\n[survey_tui]\n# note\n"
        "ca_mau = survey_ca_mau:plugin [extra]\nsecond=other\n[b]\nq=w\n",
    )
    assert installed_entry_points([str(tmp_path)]) == [
        EntryPoint("ca_mau", "survey_ca_mau", "plugin", "ca_mau-1.2"),
        EntryPoint("second", "other", "", "ca_mau-1.2"),
    ]


def test_the_earlier_copy_of_a_project_hides_the_later_one(tmp_path: Path) -> None:
    distribution(tmp_path / "first", "Ca.Mau-2.0", "[survey_tui]\nnew = new\n")
    distribution(tmp_path / "second", "ca_mau-1.0", "[survey_tui]\nold = old\n")
    search_path = [str(tmp_path / "first"), str(tmp_path / "second")]
    assert [point.name for point in installed_entry_points(search_path)] == ["new"]


def test_unreadable_places_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken-1.dist-info").mkdir()
    (tmp_path / "broken-1.dist-info" / "entry_points.txt").mkdir()
    (tmp_path / "zip").write_bytes(b"PK")
    distribution(tmp_path, "binary-1", "\x00[survey_tui]\n=\n==\nname\n")
    found = installed_entry_points([str(tmp_path), str(tmp_path / "zip"), str(tmp_path / "missing")])
    assert all(isinstance(point, EntryPoint) for point in found)
