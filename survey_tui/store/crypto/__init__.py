"""Encryption at rest: responses sealed to an organisation's key, the journal locked by a passphrase.

Every algorithm comes from the library ``cryptography`` (extra ``crypto``), which is imported when it is first
needed; without it the program works and says that nothing is encrypted. ``docs/data-safety.md`` tells what is
protected against what; ``docs/store.md`` has the formats.
"""
