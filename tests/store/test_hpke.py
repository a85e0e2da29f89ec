"""The code path of seals against the published vectors of RFC 9180, appendix A.2.1."""

from __future__ import annotations

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from survey_tui.errors import StoreError
from survey_tui.store.crypto.hpke import open_message, seal_message, suite
from survey_tui.store.crypto.organisation_keys import new_private_key

# RFC 9180, A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, base mode.
INFO = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
SECRET = bytes.fromhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
PUBLIC = bytes.fromhex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
ENC = bytes.fromhex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")
KEY = bytes.fromhex("ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91")
BASE_NONCE = bytes.fromhex("5c4d98150661b848853b547f")
PLAINTEXT = bytes.fromhex("4265617574792069732074727574682c20747275746820626561757479")
AAD = bytes.fromhex("436f756e742d30")
CIPHERTEXT = bytes.fromhex(
    "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
)


@pytest.fixture
def recipient() -> X25519PrivateKey:
    key = X25519PrivateKey.from_private_bytes(SECRET)
    assert key.public_key().public_bytes_raw() == PUBLIC
    return key


def test_the_published_message_opens(recipient: X25519PrivateKey) -> None:
    """The vectors have associated data, which our one-shot messages do not: the suite is the same object."""
    opened = openssl.hpke._decrypt_with_aad(suite(), ENC + CIPHERTEXT, recipient, info=INFO, aad=AAD)
    assert opened == PLAINTEXT


@pytest.mark.parametrize("plaintext", [PLAINTEXT, b"", "câu trả lời".encode()])
def test_key_and_nonce_are_the_published_ones(recipient: X25519PrivateKey, plaintext: bytes) -> None:
    """A message made with the vectors' key and nonce goes through our own function."""
    message = ENC + ChaCha20Poly1305(KEY).encrypt(BASE_NONCE, plaintext, b"")
    assert open_message(message, recipient, INFO) == plaintext


def test_a_message_opens_for_its_key_and_info_only() -> None:
    key, other = new_private_key(), new_private_key()
    message = seal_message(PLAINTEXT, key.public_key(), INFO)
    assert open_message(message, key, INFO) == PLAINTEXT
    assert seal_message(PLAINTEXT, key.public_key(), INFO) != message
    for wrong_key, info, text in (
        (other, INFO, message),
        (key, INFO + b".", message),
        (key, INFO, message[:-1]),
        (key, INFO, message[:40] + bytes([message[40] ^ 1]) + message[41:]),
        (key, INFO, b""),
        (key, INFO, bytes(48)),
    ):
        with pytest.raises(StoreError, match="seal_not_opened"):
            open_message(text, wrong_key, info)
