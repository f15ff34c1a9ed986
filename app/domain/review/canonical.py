"""Facts as bytes for ever: canonical JSON (RFC 8785), its SHA-256, and reading it back, whatever its schema.

A schema that was written once is read for ever: what a later one adds has a default in `facts`.
"""

from hashlib import sha256

from app.domain.review.facts import SCHEMA, ReviewFacts


class UnknownSchema(ValueError):
    """A snapshot of a newer version of this program, or no snapshot."""


def write_canonical(facts: ReviewFacts) -> bytes:
    """The one way to write these facts: equal facts give equal bytes, wherever and whenever.

    UTF-8, members in the order of their names, numbers as ECMAScript writes them (RFC 8785). NaN and infinity
    cannot be written (`ValueError`).
    """
    # Late: a serving process starts without it.
    import msgspec
    import rfc8785

    return rfc8785.dumps(msgspec.to_builtins(facts))


def hash_canonical(body: bytes) -> str:
    """What names a snapshot: SHA-256 in hexadecimal digits.

    >>> hash_canonical(b"{}")[:8]
    '44136fa3'
    """
    return sha256(body).hexdigest()


def read_canonical(body: bytes) -> ReviewFacts:
    """The facts in a snapshot, of this schema or an earlier one.

    `UnknownSchema` for a newer one, and for what is none.
    """
    import msgspec

    try:
        told = msgspec.json.decode(body)
        schema = told["schema"]
        is_known = isinstance(schema, int) and 1 <= schema <= SCHEMA
        if is_known:
            return msgspec.convert(told, ReviewFacts)
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise UnknownSchema(f"This is no snapshot of a review: {error}.") from error
    raise UnknownSchema(
        f"This snapshot has schema {schema}; this version reads up to {SCHEMA}. Use a newer version."
    )
