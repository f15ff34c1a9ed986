"""Alignment facts apart: rows go in as JSON, facts come out. Neither statistics nor SQL are here."""

from collections.abc import Sequence

import msgspec

from app.apart import run_apart, serve_one
from app.domain.alignment.facts import AlignmentFacts, Consensus
from app.domain.alignment.rows import AlignmentRows


class Measured(msgspec.Struct):
    """What a job is given: the rows, and what was measured of the same survey before."""

    rows: AlignmentRows
    earlier: Consensus | None


async def measure_apart(rows: AlignmentRows, earlier: Consensus | None) -> AlignmentFacts:
    """The facts of these rows, from a child process, which ends with this one."""
    answer = await run_apart("app.measuring", msgspec.json.encode(Measured(rows, earlier)))
    return msgspec.json.decode(answer, type=AlignmentFacts)


def _measure_words(data: bytes, _: Sequence[str]) -> bytes:
    from app.domain.alignment.measure import measure_alignment

    given = msgspec.json.decode(data, type=Measured)
    return msgspec.json.encode(measure_alignment(given.rows, given.earlier))


if __name__ == "__main__":
    serve_one(_measure_words)
