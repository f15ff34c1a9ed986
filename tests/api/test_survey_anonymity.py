"""Nothing leads from an answer to a person: the whole database is walked after people answered.

Known to the test alone: who answered what, and in which order. It looks for that knowledge everywhere.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database
from app.domain.words import Level
from tests.cast import Cast
from tests.factories import make_department, make_owner

URL = "/api/v1/surveys"
QUESTIONS = [
    {"code": "Q1", "kind": "agree", "text": "I know our goals."},
    {"code": "W1", "kind": "words", "text": "In your own words?"},
]
# What people share on purpose, in groups of at least the minimum.
SHARED = {"survey_id", "department_id", "level"}
ANSWERING = {"survey_answers", "survey_invitations"}


class Row(NamedTuple):
    """A row with everything that PostgreSQL tells about it."""

    table: str
    writer: str
    deleter: str
    place: str
    values: dict[str, Any]


async def read_everything(database: Database) -> list[Row]:
    """Every row of every table, those of the system aside."""
    async with database.unit_of_work(read_only=True) as session:
        tables = await session.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        rows = []
        for table in sorted(tables):
            found = await session.execute(
                text(f'select xmin::text, xmax::text, ctid::text, to_jsonb(t) from "{table}" t')  # noqa: S608
            )
            rows += [Row(table, *row) for row in found]
        return rows


async def read_counters(database: Database) -> dict[str, Any]:
    """Where every sequence stands."""
    async with database.unit_of_work(read_only=True) as session:
        found = await session.execute(text("select sequencename, last_value from pg_sequences"))
        return {row[0]: row[1] for row in found}


async def list_columns(session: AsyncSession, table: str) -> Mapping[str, tuple[str, str | None]]:
    """Type and default of each column of a table."""
    found = await session.execute(
        text(
            "select column_name, data_type, column_default from information_schema.columns"
            " where table_schema = 'public' and table_name = :table"
        ),
        {"table": table},
    )
    return {row[0]: (row[1], row[2]) for row in found}


def outside(rows: list[Row]) -> list[Row]:
    """What answering must not touch."""
    return sorted(row for row in rows if row.table not in ANSWERING)


class Story:
    """Twelve people of two departments answer one after the other, half by link, half signed in."""

    def __init__(self, cast: Cast, database: Database) -> None:
        self.cast = cast
        self.database = database
        self.said: list[str] = []
        self.tokens: list[str] = []

    async def run(self) -> None:
        """Opens the survey and lets them answer."""
        async with self.database.unit_of_work() as session:
            homes = [await make_department(session), await make_department(session)]
            for home in homes:
                for _ in range(5):
                    await make_owner(session, department=home, level=Level.MIDDLE)
        self.ceo = await self.cast.ceo()
        people = [await self.cast.person(None, department=homes[n % 2], level=Level.MIDDLE) for n in range(6)]
        body = {"code": "S1", "title": "Goals", "questions": QUESTIONS}
        assert (await self.ceo.post(URL, json=body)).status_code == 201
        assert (await self.ceo.post(f"{URL}/S1/open")).status_code == 200
        links = (await self.ceo.post(f"{URL}/S1/invitations")).json()["items"]
        mine = {client.owner.email for client in people}  # type: ignore[attr-defined]
        theirs = [link["token"] for link in links if link["email"] not in mine][:6]
        self.before = await read_everything(self.database)
        self.counters = await read_counters(self.database)
        for number, (client, token) in enumerate(zip(people, theirs, strict=True)):
            await self._answer(client, {}, f"signed {number}")
            await self._answer(self.ceo, {"token": token}, f"linked {number}")
        self.tokens = theirs
        self.people = [str(client.owner.id) for client in people]  # type: ignore[attr-defined]
        self.after = await read_everything(self.database)

    async def _answer(self, client: Any, way: dict[str, str], words: str) -> None:
        answers = {"Q1": 1 + len(self.said) % 5, "W1": words}
        kept = await client.post(
            f"{URL}/S1/answers", json=way | {"answers": answers}, headers={"Idempotency-Key": words}
        )
        assert kept.status_code == 200, kept.text
        self.said.append(words)

    def list_answers(self) -> list[Row]:
        """The answers as they lie in the table."""
        return [row for row in self.after if row.table == "survey_answers"]


# Rows that are gone cannot be read any more; their transactions can be noted while they go.
WATCH = """
create table watched (transaction text, place text);
create function note_transaction() returns trigger language plpgsql as $$ begin
    insert into watched values (pg_current_xact_id()::text, tg_table_name); return null;
end $$;
create trigger watch after insert or update or delete on survey_answers
    for each statement execute function note_transaction();
create trigger watch after update or delete on survey_invitations
    for each statement execute function note_transaction();
"""


@pytest.fixture
async def story(fresh_cast: Cast, fresh_database: Database) -> Story:
    """People have answered; the survey is still open."""
    story = Story(fresh_cast, fresh_database)
    await story.run()
    return story


async def test_answering_changes_nothing_but_answers_and_invitations(story: Story) -> None:
    assert outside(story.after) == outside(story.before)
    assert await read_counters(story.database) == story.counters
    assert len(story.list_answers()) == 12


async def test_an_answer_has_no_time_no_number_and_no_person(fresh_database: Database) -> None:
    async with fresh_database.unit_of_work(read_only=True) as session:
        columns = await list_columns(session, "survey_answers")
    assert {name: kind for name, (kind, _) in columns.items()} == {
        "id": "uuid",
        "survey_id": "uuid",
        "department_id": "uuid",
        "level": "character varying",
        "values": "jsonb",
    }
    assert {default for _, default in columns.values()} == {None}


async def test_no_value_of_an_answer_stands_anywhere_else(story: Story) -> None:
    others = " ".join(str(row) for row in story.after if row.table != "survey_answers")
    for row in story.list_answers():
        own = {name: value for name, value in row.values.items() if name not in SHARED}
        assert own["id"] not in others
        assert own["values"]["W1"] not in others
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", own["id"])
    told = " ".join(str(row) for row in story.list_answers())
    for secret in (*story.people, *story.tokens):
        assert secret not in told


async def test_all_answers_are_of_one_transaction_that_wrote_nothing_else(story: Story) -> None:
    """Whatever was written last is one of twelve: the number of its transaction tells nothing."""
    answers = story.list_answers()
    assert len({row.writer for row in answers}) == 1
    (writer,) = {row.writer for row in answers}
    others = [row for row in story.after if row.table != "survey_answers"]
    assert writer not in {number for row in others for number in (row.writer, row.deleter)}
    assert writer not in {str(row.values.get("transaction")) for row in others}


async def test_no_transaction_touches_both_an_answer_and_an_invitation(
    fresh_cast: Cast, fresh_database: Database
) -> None:
    async with fresh_database.unit_of_work() as session:
        for statement in re.split(r";\n(?=create)", WATCH.strip()):
            await session.execute(text(statement))
    story = Story(fresh_cast, fresh_database)
    await story.run()
    touched: dict[str, set[str]] = {"survey_answers": set(), "survey_invitations": set()}
    for row in (row for row in story.after if row.table == "watched"):
        touched[row.values["place"]].add(row.values["transaction"])
    assert len(touched["survey_answers"]) == 12
    assert len(touched["survey_invitations"]) >= 24
    assert not touched["survey_answers"] & touched["survey_invitations"]


async def test_the_order_in_the_table_is_not_the_order_of_answering(story: Story) -> None:
    lying = [row.values["values"]["W1"] for row in story.list_answers()]
    assert sorted(lying) == sorted(story.said)
    assert lying != story.said
    assert lying[::-1] != story.said


async def test_a_used_invitation_is_gone_and_the_others_know_no_answer(story: Story) -> None:
    left = [row for row in story.after if row.table == "survey_invitations"]
    assert len(left) == 17 - 12
    assert not {row.values["owner_id"] for row in left} & set(story.people)
    assert not any(row.values["claimed"] for row in left)


async def test_everybody_stands_in_a_group_of_enough(story: Story) -> None:
    invited = [row.values for row in story.before if row.table == "survey_invitations"]
    cells = [(each["department_id"], each["level"]) for each in invited]
    assert all(cells.count(cell) >= 5 for cell in cells)


async def test_closing_gives_every_answer_a_new_key_and_place_among_enough(story: Story) -> None:
    before = {row.values["id"] for row in story.list_answers()}
    assert (await story.ceo.post(f"{URL}/S1/close")).status_code == 200
    rows = await read_everything(story.database)
    answers = [row for row in rows if row.table == "survey_answers"]
    assert len(answers) == 12
    assert not before & {row.values["id"] for row in answers}
    assert len({row.writer for row in answers}) == 1
    cells = [(row.values["department_id"], row.values["level"]) for row in answers]
    assert all(cells.count(cell) >= 5 for cell in cells)
    assert not any(row.table == "survey_invitations" for row in rows)
    others = " ".join(str(row) for row in rows if row.table not in ("survey_answers", "survey_results"))
    assert not any(row.values["id"] in others for row in answers)
    assert not any(words in others for words in story.said)


async def test_what_was_deleted_is_swept_away(fresh_database: Database) -> None:
    table = "survey_answers"
    async with fresh_database.unit_of_work() as session:
        row = "(id, survey_id, \"values\") values (gen_random_uuid(), gen_random_uuid(), '{}')"
        await session.execute(text(f"insert into {table} {row}"))
        await session.execute(text(f"delete from {table}"))  # noqa: S608
        await session.execute(text("select pg_stat_force_next_flush()"))
    swept = []
    for _ in range(2):
        await fresh_database.sweep([table])
        async with fresh_database.unit_of_work() as session:
            told = text("select vacuum_count, n_dead_tup from pg_stat_user_tables where relname = :table")
            swept.append(tuple((await session.execute(told, {"table": table})).one()))
    assert swept == [(1, 0), (1, 0)]
