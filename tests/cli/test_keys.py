"""``survey-tui keys``: the organisation's key pair, and opening sealed responses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from survey_tui.errors import ExitCode
from survey_tui.store import Seal
from survey_tui.store.crypto.organisation_keys import public_text, read_private_keys
from tests.support.command_line import CANONICAL, invoke, store_final_response


@pytest.mark.slow
def test_sealed_responses_open_with_the_organisations_key(tmp_path: Path) -> None:
    home, office, sealed = tmp_path / "home", tmp_path / "office.pem", tmp_path / "sealed.jsonl"
    public = invoke(home, "keys", "new", str(office)).stdout.strip()
    assert public in invoke(home, "keys", "show", str(office)).stdout
    key = store_final_response(home, Seal(public))
    invoke(home, "responses", "export", "--format", "jsonl", "--output", str(sealed))
    assert json.loads(sealed.read_bytes())["response_id"] == key
    assert "sealed" in invoke(home, "responses", "show", key).stderr
    table = invoke(home, "responses", "export", "--format", "csv")
    assert (table.returncode, key in table.stdout) == (ExitCode.OK, False)
    assert "1 sealed" in table.stderr
    assert (
        invoke(home, "keys", "open", str(sealed), "--private-key", str(office)).stdout.encode() == CANONICAL
    )
    events = invoke(home, "keys", "open", str(sealed), "--private-key", str(office), "--events").stdout
    assert [event["event"] for event in json.loads(events)] == ["started", "finalised"]
    other = tmp_path / "other.pem"
    invoke(home, "keys", "new", str(other))
    assert invoke(home, "keys", "open", str(sealed), "--private-key", str(other)).returncode == ExitCode.STORE
    assert public_text(next(iter(read_private_keys(office).values())).public_key()) == public
