"""The lot at the end of the chain for ties."""

from app.kernel.randomness import Stream


def lot(seed: str, dossier: str) -> int:
    """The dossier's own number from the published seed (hexadecimal), the higher the better: whoever else is tied does not
    matter. First 16 bytes of the seed's stream `tie DOSSIER`."""
    return int.from_bytes(Stream(bytes.fromhex(seed), f"tie {dossier}").bytes(16))
