"""Storing many engagement scores at once: COPY into a temporary table, one insert, one update.

Old content moves to the revisions. Rules, segments and KPIs are not known here.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import reach_driver, to_json
from app.domain.intake.contract import COLUMNS, Row
from app.models.base import new_id

LINES_AT_ONCE = 2_000
# Up to here a parameter is quicker than a temporary table, and leaves no traces in the catalogue.
FEW = 200

_SHAPE = """(
    position integer, source text, survey text, round text, metric text, period text, scale_kind text,
    scale_min numeric, scale_max numeric, place text, segment text, department_id uuid, name text,
    value numeric, suppressed boolean, respondents bigint, invited bigint, window_days integer,
    observed_at timestamptz, id uuid
)"""
_CREATE = text(f"create temporary table incoming_scores {_SHAPE} on commit drop")
_DROP = text("drop table incoming_scores")

# In the order of the key, so that two pushes never wait for each other in a circle.
_INSERT = """
insert into engagement_scores (
    id, source, survey, round, metric, place, period, segment, department_id, name, scale_kind, scale_min,
    scale_max, value, suppressed, respondents, invited, window_days, observed_at, revision, client_id)
select id, source, survey, round, metric, place, period, segment, department_id, name, scale_kind, scale_min,
    scale_max, value, suppressed, respondents, invited, window_days, observed_at, 1, $1
from incoming_scores
order by source, survey, round, metric, place, period
on conflict (source, survey, round, metric, place, period) do nothing
"""

# The lock reads the newest state of each row, so that no revision of a push that ran beside us is lost.
# The segment beside a department is a note that changes with the rest; the revisions do not keep it.
_REVISE = """
with old as (
    select s.*, i.position
    from incoming_scores i
    join engagement_scores s using (source, survey, round, metric, place, period)
    where s.id <> i.id
      and (s.name, s.scale_kind, s.scale_min, s.scale_max, s.value, s.suppressed, s.respondents, s.invited,
           s.window_days, s.observed_at, s.segment)
          is distinct from
          (i.name, i.scale_kind, i.scale_min, i.scale_max, i.value, i.suppressed, i.respondents, i.invited,
           i.window_days, i.observed_at, i.segment)
    order by s.source, s.survey, s.round, s.metric, s.place, s.period
    for update of s
), kept as (
    insert into engagement_score_revisions (
        score_id, revision, client_id, received_at, name, scale_kind, scale_min, scale_max, value, suppressed,
        respondents, invited, window_days, observed_at)
    select id, revision, client_id, received_at, name, scale_kind, scale_min, scale_max, value, suppressed,
        respondents, invited, window_days, observed_at
    from old
)
update engagement_scores s
set revision = old.revision + 1, client_id = $1, received_at = now(), segment = i.segment, name = i.name,
    scale_kind = i.scale_kind, scale_min = i.scale_min, scale_max = i.scale_max, value = i.value,
    suppressed = i.suppressed, respondents = i.respondents, invited = i.invited,
    window_days = i.window_days, observed_at = i.observed_at
from old join incoming_scores i on i.position = old.position
where s.id = old.id
returning i.position
"""

_FIND_EARLIER = """
select i.position, s.id,
    (s.name, s.scale_kind, s.scale_min, s.scale_max, s.value, s.suppressed, s.respondents, s.invited,
     s.window_days, s.observed_at, s.segment)
    is distinct from
    (i.name, i.scale_kind, i.scale_min, i.scale_max, i.value, i.suppressed, i.respondents, i.invited,
     i.window_days, i.observed_at, i.segment) as differs
from incoming_scores i
join engagement_scores s using (source, survey, round, metric, place, period)
where s.id <> i.id
"""
_HAS_FIRST = """
select exists (
    select from incoming_scores i
    join engagement_scores s using (source, survey, round, metric, place, period)
    where i.position = $1)
"""


@dataclass(slots=True)
class Stored:
    """What became of stored rows: ids in the order of the rows, and how the ones known before fared."""

    ids: list[str]
    earlier: set[int] = field(default_factory=set)
    revised: set[int] = field(default_factory=set)

    def list_unchanged(self) -> set[int]:
        """The rows that changed nothing."""
        return self.earlier - self.revised

    def status(self, number: int) -> str:
        """How a row fared."""
        if number not in self.earlier:
            return "created"
        return "revised" if number in self.revised else "unchanged"


async def store_scores(session: AsyncSession, rows: list[Row], *, client_id: UUID | None) -> Stored:
    """Inserts new scores, revises those with other content, and leaves the rest alone."""
    driver = await reach_driver(session)
    ids = count_ids(new_id(), len(rows))
    if len(rows) <= FEW:
        stored = Stored(ids)
        await _store_incoming(_Few(driver, rows, ids), rows, stored, client_id)
        return stored
    order = sort_rows(rows)
    identity_of = dict(zip(order, ids, strict=True))
    stored = Stored([identity_of[number] for number in range(len(rows))])
    await session.execute(_CREATE)
    await _copy_rows(driver, [rows[number] for number in order], ids)
    await _store_incoming(driver, rows, stored, client_id)
    await session.execute(_DROP)
    return stored


class _Few:
    """Runs statements on rows that travel along as a parameter instead of waiting in a table."""

    def __init__(self, driver: Any, rows: list[Row], ids: list[str]) -> None:
        self.driver = driver
        lines = (line.split("\t") for line in _list_lines(rows, ids))
        columns = (*COLUMNS, "id")
        self.rows = to_json(
            [
                {
                    name: cell
                    for name, cell in zip(columns, cells, strict=True)
                    if cell or name in ("survey", "round")
                }
                for cells in lines
            ]
        )

    async def execute(self, statement: str, *arguments: Any) -> Any:
        """The status of a statement."""
        return await self.driver.execute(self._complete(statement, arguments), *arguments, self.rows)

    async def fetch(self, statement: str, *arguments: Any) -> Any:
        """The rows of a statement."""
        return await self.driver.fetch(self._complete(statement, arguments), *arguments, self.rows)

    async def fetchval(self, statement: str, *arguments: Any) -> Any:
        """The one value of a statement."""
        return await self.driver.fetchval(self._complete(statement, arguments), *arguments, self.rows)

    def _complete(self, statement: str, arguments: tuple[Any, ...]) -> str:
        """The statement with the rows put before it under the name of the table."""
        source = f"json_to_recordset(${len(arguments) + 1}::json) as incoming {_SHAPE}"
        rest = statement.strip()
        rest = f", {rest.removeprefix('with ')}" if rest.startswith("with ") else f" {rest}"
        return f"with incoming_scores as (select * from {source}){rest}"  # noqa: S608  (all of it is ours)


async def _copy_rows(driver: Any, rows: list[Row], ids: list[str]) -> None:
    await driver.copy_to_table(
        "incoming_scores",
        source=_write_chunks(rows, ids),
        columns=[*COLUMNS, "id"],
        format="csv",
        delimiter="\t",
        # No text of a score holds control characters, so nothing ever needs quoting.
        quote="\x01",
        escape="\x01",
        force_not_null=["survey", "round"],
    )


async def _store_incoming(driver: Any, rows: list[Row], stored: Stored, client_id: UUID | None) -> None:
    """Inserts what is not there, then revises what is; a repeated push is recognised by its first row."""
    earlier = []
    if rows and await driver.fetchval(_HAS_FIRST, rows[0].position):
        earlier = await driver.fetch(_FIND_EARLIER)
    if len(earlier) < len(rows):
        inserted = int((await driver.execute(_INSERT, client_id)).split()[-1])
        # Rows that another push inserted since are found by looking again.
        if inserted + len(earlier) < len(rows):
            earlier = await driver.fetch(_FIND_EARLIER)
    number_of = {row.position: number for number, row in enumerate(rows)} if earlier else {}
    for position, identity, _ in earlier:
        stored.ids[number_of[position]] = str(identity)
        stored.earlier.add(number_of[position])
    if any(differs for _, _, differs in earlier):
        revised = await driver.fetch(_REVISE, client_id)
        stored.revised = {number_of[position] for (position,) in revised}


def sort_rows(rows: Sequence[Row]) -> list[int]:
    """The numbers of the rows in the order of the key under which they are stored.

    The database sorts them again and decides; what comes in order it sorts in a sixth of the time, and ids
    that count on in this order go to the end of their index.
    """
    heads = {series: "\t".join(series.cells[:4]) for series in {row.series for row in rows}}
    # A tab is below whatever a text of a score may hold, so the joined texts sort as their parts would.
    keys = [f"{heads[of]}\t{place}\t{of.cells[4]}" for _, of, place, *_ in rows]
    return sorted(range(len(rows)), key=keys.__getitem__)


def count_ids(first: UUID, count: int) -> list[str]:
    """Ids that count on from one: they sort by the time they were made, as all of ours, and cost nothing.

    The last part of the first one is cut in half, so that counting never runs over its end.
    """
    head, tail = str(first)[:24], first.node >> 1
    return [f"{head}{tail + number:012x}" for number in range(count)]


def _list_lines(rows: list[Row], ids: list[str]) -> Iterator[str]:
    """The cells of each row in the order of the columns, parted by tabs."""
    series = {each: "\t".join(each.cells) for each in {row.series for row in rows}}
    for (position, of, place, segment, department, name, _, tail), identity in zip(rows, ids, strict=True):
        yield f"{position}\t{series[of]}\t{place}\t{segment}\t{department}\t{name}\t{tail}\t{identity}"


async def _write_chunks(rows: list[Row], ids: list[str]) -> AsyncIterator[bytes]:
    lines = _list_lines(rows, ids)
    while chunk := "\n".join(islice(lines, LINES_AT_ONCE)):
        yield f"{chunk}\n".encode()
