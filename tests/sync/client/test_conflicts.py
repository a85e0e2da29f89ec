"""Responses whose id already exists with different content, as files of the home."""

from __future__ import annotations

from pathlib import Path

from survey_sync.client.conflicts import ConflictingResponses
from survey_sync.client.sync_home import SyncHome
from survey_sync.protocol.hashes import canonical_sha256

WITHDRAWN, OTHER = (f"0198c5a2-7c1e-7a31-9d0e-00000000000{n}" for n in range(2))
CONTENT = '{"values":[["a/q","câu trả lời"]]}\n'.encode()


def test_a_withdrawn_response_leaves_nothing_not_even_the_draft_of_a_killed_write(tmp_path: Path) -> None:
    sync_home = SyncHome(tmp_path)
    conflicts = ConflictingResponses(sync_home)
    for response_id in (WITHDRAWN, OTHER):
        conflicts.write((response_id, canonical_sha256(CONTENT)), CONTENT)
    (sync_home.conflicts / f"{WITHDRAWN}_{canonical_sha256(CONTENT)}.json.4711.new").write_bytes(CONTENT)
    conflicts.delete(WITHDRAWN)
    assert [path.name[:36] for path in sync_home.conflicts.iterdir()] == [OTHER]
    ConflictingResponses(SyncHome(tmp_path / "new")).delete(WITHDRAWN)
