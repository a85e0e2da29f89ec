"""Receipt codes: what the respondent keeps to have the response erased later.

The code of a response that can be read is looked up in its answers. That of a sealed one is kept as a hash,
slow on purpose (scrypt, RFC 7914) and salted for each store, since a code has few digits to guess.
"""

from __future__ import annotations

import os

from survey_tui.store.journal.format import Record
from survey_tui.store.journal.index import STORE_FACTS
from survey_tui.store.journal.writer import Journal
from survey_tui.vietnamese import nfc

__all__ = ["WITHDRAW_QUESTION", "code_hash", "normal_code"]

WITHDRAW_QUESTION = "withdraw_code"
"""The question of a form that holds the receipt code (as in the national instrument)."""

_SALT = "receipt_salt"


def normal_code(code: str) -> str:
    """A code as it is compared: without blanks, in capitals."""
    return "".join(nfc(code).split()).upper()


def code_hash(journal: Journal, code: str) -> str:
    """Hex digest of a code in this store (about 50 ms); ``""`` for no code. Writes the salt once."""
    normal = normal_code(code)
    if not normal:
        return ""
    from hashlib import scrypt

    return scrypt(normal.encode(), salt=_salt(journal), n=1 << 14, r=8, p=1, dklen=16).hex()


def _salt(journal: Journal) -> bytes:
    entry = journal.index.tables.get(STORE_FACTS, {}).get(_SALT)
    if entry is None:
        if journal.read_only:
            return b""
        salt = os.urandom(16)
        journal.append([Record("put", STORE_FACTS, _SALT, b'{"salt":"%s"}' % salt.hex().encode(), b"{}")])
        return salt
    return bytes.fromhex(entry.head.decode().split('"')[3])
