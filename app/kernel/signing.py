"""The installation's signature: an Ed25519 key (RFC 8032), made once and kept in instance/, readable by its owner only.

What is signed here can be checked with the public key alone, by `verify/` or any other program. Who loses the file
`signing_key` cannot sign as the same installation again, so it is backed up with the database.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import current_app


def public_key() -> str:
    """32 bytes in hexadecimal, to be published."""
    return Ed25519PrivateKey.from_private_bytes(_secret()).public_key().public_bytes_raw().hex()


def sign(message: bytes) -> str:
    """The same message has the same signature: 64 bytes in hexadecimal."""
    return Ed25519PrivateKey.from_private_bytes(_secret()).sign(message).hex()


def is_signed(message: bytes, signature: str, key: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def derived(purpose: str) -> str:
    """A secret of its own for a purpose, always the same; nothing leads back from it to the key."""
    return hmac.new(_secret(), purpose.encode(), hashlib.sha256).hexdigest()


def _secret() -> bytes:
    path = Path(current_app.extensions["settings"].instance_path) / "signing_key"
    if not path.exists():
        _make(path)
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _make(path: Path) -> None:
    """Complete before it has its name; where two begin at once, the first one's key stands."""
    beside = path.with_suffix(f".{os.getpid()}")
    beside.touch(mode=0o600)
    beside.write_text(secrets.token_hex(32), encoding="ascii")
    try:
        os.link(beside, path)
    except FileExistsError:
        return
    finally:
        beside.unlink()
