"""Numbers that look random and depend on a key alone, so that the same day gives the same demo."""

from hashlib import blake2b


def noise(key: str) -> float:
    """A number between -1 and 1."""
    digest = blake2b(key.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / (2**31 - 0.5) - 1
