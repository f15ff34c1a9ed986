"""Importing CSV files: every bad line with its place, all or nothing, and changes by code."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, func, select
from sqlmodel import col

from app.commands.measurements import keep_values, read_values
from app.commands.nouns import NOUNS, Kept
from app.database import Database
from app.domain.reviews import ReviewStatus
from app.models import Department, Event, Initiative, Kpi, Measurement, Owner
from tests.commands.running import import_lines, run_coxswain
from tests.factories import make_department, make_kpi, make_owner, make_review, make_target


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to write into."""
    return tmp_path / "some lines.csv"


async def count(database: Database, table: type[Department | Owner | Kpi | Event]) -> int:
    """How many rows a table has."""
    async with database.unit_of_work() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_every_bad_line_is_told_with_its_place_and_nothing_is_kept(
    fresh_database: Database, fresh_url: URL, file: Path
) -> None:
    file.write_text(
        "code,name,parent,headcount,active\n"
        "OK,Fine,,5,yes\n"
        "bad code,Name,,5,yes\n"
        'TWO,"Two\nlines",NOWHERE,many,perhaps\n'
        "\n"
        "ok,Again,,,\n"
        "SHORT,Short\n"
        "LAST,,OK,-1,no\n"
    )
    done = run_coxswain("import", "departments", str(file), url=fresh_url)
    assert done.returncode == 1
    places = [line.split(": ")[:2] for line in done.stderr.splitlines()]
    assert places[:-1] == [
        ["some lines.csv:3", "code"],
        ["some lines.csv:4", "active"],
        ["some lines.csv:4", "headcount"],
        ["some lines.csv:4", "name"],
        ["some lines.csv:7", "code"],
        ["some lines.csv:8", "2 cells, but the header names 5."],
        ["some lines.csv:9", "headcount"],
        ["some lines.csv:9", "name"],
    ]
    assert done.stderr.splitlines()[-1] == f"coxswain: 5 lines are wrong in {file}. Nothing is stored."
    assert await count(fresh_database, Department) == 0


async def test_what_an_action_refuses_is_told_with_its_line(fresh_database: Database, file: Path) -> None:
    file.write_text(
        "email,name,department,manager\na@x.org,A,NOWHERE,\nb@x.org,B,,c@x.org\nc@x.org,C,,b@x.org\n"
    )
    _, table = await import_lines(fresh_database, "owners", file)
    assert [(flaw.line, flaw.column) for flaw in table.flaws] == [(2, "department"), (3, "manager")]


async def test_lines_may_name_those_that_come_later(
    fresh_database: Database, fresh_url: URL, file: Path
) -> None:
    file.write_text("code,name,parent\nSHOP,Shop,SALES\nSALES,Sales,TOP\nTOP,Top,\n")
    counts, _ = await import_lines(fresh_database, "departments", file)
    assert counts == {Kept.CREATED: 3}
    async with fresh_database.unit_of_work() as session:
        rows = {row.code: row for row in await session.scalars(select(Department))}
    assert rows["SHOP"].parent_id == rows["SALES"].id
    assert rows["SALES"].parent_id == rows["TOP"].id


async def test_a_dry_run_checks_everything_and_stores_nothing(
    fresh_database: Database, fresh_url: URL, file: Path
) -> None:
    file.write_text("code,name\nA,A\nB,B\n")
    done = run_coxswain("import", "departments", str(file), "--dry-run", url=fresh_url)
    assert done.stdout == "Dry run, nothing is stored: 2 created, 0 changed, 0 unchanged.\n"
    assert (done.returncode, await count(fresh_database, Department)) == (0, 0)
    file.write_text("code,name\nA,A\nB,\n")
    assert run_coxswain("import", "departments", str(file), "--dry-run", url=fresh_url).returncode == 1


async def test_a_known_code_is_changed_in_the_columns_of_the_file_alone(
    fresh_database: Database, fresh_url: URL, file: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        top = await make_department(session, code="TOP")
        await make_department(session, code="A", name="Old", headcount=5, location="Here", parent=top)
        await make_department(session, code="B", name="Same")
    file.write_text("\ufeffcode,name,location\na,New,\nB,Same,\nC,Third,There\n", encoding="utf-8")
    done = run_coxswain("import", "departments", str(file), url=fresh_url)
    assert done.stdout == "1 created, 1 changed, 1 unchanged.\n", done.stderr
    async with fresh_database.unit_of_work() as session:
        row = (await session.scalars(select(Department).where(col(Department.code) == "a"))).one()
        about = select(Event).where(col(Event.object_id) == row.id).order_by(col(Event.id))
        events = [event.action for event in await session.scalars(about)]
    assert (row.name, row.location, row.headcount, row.parent_id) == ("New", None, 5, top.id)
    assert events == ["created", "updated"]


async def test_lists_numbers_and_documents_are_read_by_the_contract(
    fresh_database: Database, fresh_url: URL, file: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        for code in ("N", "S"):
            await make_department(session, code=code)
        await make_owner(session, email="a@x.org")
        await make_kpi(session, code="OTHER")
    file.write_text(
        "code,name,unit,direction,cadence,source,feed,owner,departments,guards,baseline\n"
        'K,"\'=Name",€/h,lower,weekly,fed,"{""metric"":""pulse""}",A@X.org,N; S,OTHER,-7.50\n'
    )
    _, table = await import_lines(fresh_database, "kpis", file)
    assert table.flaws == []
    async with fresh_database.unit_of_work() as session:
        row = (await session.scalars(select(Kpi).where(col(Kpi.code) == "K"))).one()
    assert (row.name, str(row.baseline), row.feed) == (
        "=Name",
        "-7.5",
        {"source": None, "survey": None, "metric": "pulse", "scale": None},
    )
    file.write_text("code,feed,baseline\nK,{,1e5\n")
    _, table = await import_lines(fresh_database, "kpis", file)
    assert sorted(flaw.column or "" for flaw in table.flaws) == ["baseline", "feed"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty"),
        (b"code,nmae\nA,A\n", "nmae: No such column. There are: code, name,"),
        (b"name\nA\n", "code: This column is needed."),
        (b"code,name,name\nA,A,A\n", "name: This column comes twice."),
        (b"code,name\nA,\xff\n", "some lines.csv:2: This is not UTF-8 text."),
        (b'code,name\nA,"open\n', "This is not CSV"),
        (b"code,name\nA,\x00\n", "some lines.csv:2: "),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(
    fresh_database: Database, file: Path, content: bytes, told: str
) -> None:
    file.write_bytes(content)
    counts, table = await import_lines(fresh_database, "departments", file)
    (flaw,) = table.flaws
    assert told in flaw.tell(file.name)
    assert counts == {}


def test_a_file_that_is_not_there_and_a_wrong_noun_are_refused(fresh_url: URL, tmp_path: Path) -> None:
    done = run_coxswain("import", "goals", str(tmp_path / "none.csv"), url=fresh_url)
    assert (done.returncode, "There is no file" in done.stderr) == (1, True)
    assert run_coxswain("import", "colours", "none.csv", url=fresh_url).returncode == 2


def test_every_column_is_a_field_of_the_contract_or_says_whose_record_it_is() -> None:
    for noun in NOUNS.values():
        fields = noun.contract.model_json_schema()["properties"]
        assert set(noun.columns) - set(fields) <= {"kpi"}
        assert set(noun.needed) <= set(noun.columns)


async def keep_file(database: Database, file: Path) -> tuple[dict[Kept, int], list[str]]:
    """What `coxswain import measurements` does inside, without a process of its own."""
    table = read_values(file)
    async with database.unit_of_work() as session:
        counts = await keep_values(session, table)
    return dict(counts), [flaw.tell("f") for flaw in table.flaws]


async def test_values_are_added_corrected_and_left_alone(fresh_database: Database, file: Path) -> None:
    async with fresh_database.unit_of_work() as session:
        sales = await make_department(session, code="SALES")
        for code in ("A", "B"):
            kpi = await make_kpi(session, code=code, departments=[sales])
            await make_target(session, kpi, "2026-01", target=90, red=80)
    head = "kpi,period,department,value,n,note\n"
    file.write_text(head + "A,2026-09,SALES,95.50,7,Good\nb,2026-09,,70,,\nA,2026-08,sales,85,,\n")
    assert await keep_file(fresh_database, file) == ({Kept.CREATED: 3}, [])
    assert await keep_file(fresh_database, file) == ({Kept.UNCHANGED: 3}, [])
    file.write_text(head + "A,2026-09,SALES,96,7,Good\nA,2026-08,sales,85,,\n")
    assert await keep_file(fresh_database, file) == ({Kept.CHANGED: 1, Kept.UNCHANGED: 1}, [])
    async with fresh_database.unit_of_work() as session:
        current = select(Measurement).where(col(Measurement.known_to).is_(None))
        rows = [
            (row.period, float(row.value or 0), row.status, row.source, row.revision)
            for row in await session.scalars(current.order_by(col(Measurement.value)))
            if row.source != "aggregated"
        ]
    assert rows == [
        ("2026-09", 70.0, "red", "imported", 1),
        ("2026-08", 85.0, "amber", "imported", 1),
        ("2026-09", 96.0, "green", "imported", 2),
    ]


async def test_values_of_a_closed_month_are_told_with_their_lines(
    fresh_database: Database, file: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_kpi(session, code="A")
        await make_review(session, code="2026-09", status=ReviewStatus.CLOSED)
    file.write_text("kpi,period,value\nA,2026-08,80\nA,2026-10,81\nA,2026-09,82\n")
    counts, flaws = await keep_file(fresh_database, file)
    assert counts == {Kept.CREATED: 2}
    (flaw,) = flaws
    assert flaw.startswith("f:4: period: 2026-09 is locked: the review of 2026-09 is closed.")


async def test_every_bad_value_is_told_with_its_place(fresh_database: Database, file: Path) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_kpi(session, code="A")
        await make_kpi(session, code="GONE", archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    file.write_text(
        "kpi,period,department,value,not_applicable,note\n"
        "A,2026-09,,ten,,\n"
        "A,2026-08,NOWHERE,10,,\n"
        "A,2026-W01,,10,,\n"
        "A,2026-07,,,,\n"
        "NONE,2026-09,,10,,\n"
        ",2026-09,,10,,\n"
        "a,2026-09,,11,,\n"
        "GONE,2026-09,,1,,\n"
        "A,2026-06,,10,,\n"
    )
    _, told = await keep_file(fresh_database, file)
    places = sorted(line.split(": ")[0] + " " + line.split(": ")[1] for line in told)
    assert places == [
        "f:2 value",
        "f:3 department",
        "f:4 period",
        "f:5 value",
        "f:6 kpi",
        "f:7 kpi",
        "f:8 kpi",
        "f:9 GONE is archived and takes no values.",
    ]


async def test_measurements_come_back_from_an_export(
    fresh_database: Database, fresh_url: URL, tmp_path: Path, file: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_kpi(session, code="A")
    file.write_text("kpi,period,value,not_applicable,note\nA,2026-09,-1.5,,'=1\nA,2026-08,,true,No shop\n")
    done = run_coxswain("import", "measurements", str(file), url=fresh_url)
    assert done.stdout == "2 created, 0 changed, 0 unchanged.\n", done.stderr
    done = run_coxswain("export", str(tmp_path / "out"), url=fresh_url)
    assert done.returncode == 0, done.stderr
    again = await keep_file(fresh_database, tmp_path / "out" / "measurements.csv")
    assert again == ({Kept.UNCHANGED: 2}, [])


async def test_an_initiative_comes_with_its_baseline_and_its_end(
    fresh_database: Database, tmp_path: Path
) -> None:
    async with fresh_database.unit_of_work() as session:
        await make_department(session, code="OPS")
    file = tmp_path / "initiatives.csv"
    file.write_text(
        "code,title,department,status,due_on,due_baseline,finished_on,cancelled_reason\n"
        "MOVED,Moved,OPS,active,2026-12-31,2026-06-30,,\n"
        "DONE,Done,OPS,finished,2026-03-31,,2026-03-20,\n"
        "GONE,Gone,OPS,cancelled,2026-03-31,,,Nobody wants it\n"
        "SOON,Soon,OPS,draft,,,,\n"
    )
    counts, table = await import_lines(fresh_database, "initiatives", file)
    assert (counts, table.flaws) == ({Kept.CREATED: 4}, [])
    async with fresh_database.unit_of_work() as session:
        rows = {row.code: row for row in await session.scalars(select(Initiative))}
    assert (str(rows["MOVED"].due_baseline), str(rows["MOVED"].due_on)) == ("2026-06-30", "2026-12-31")
    assert (rows["DONE"].status, str(rows["DONE"].finished_on)) == ("finished", "2026-03-20")
    assert (rows["GONE"].status, rows["GONE"].cancelled_reason) == ("cancelled", "Nobody wants it")
    assert (rows["SOON"].status, rows["SOON"].due_baseline) == ("draft", None)
    counts, _ = await import_lines(fresh_database, "initiatives", file)
    assert counts == {Kept.UNCHANGED: 4}
    file.write_text("code,due_on,due_baseline\nMOVED,2027-01-31,\nDONE,,2026-04-01\n")
    _, table = await import_lines(fresh_database, "initiatives", file)
    assert [flaw.line for flaw in table.flaws] == [2, 3]
    assert "re-dating" in table.flaws[0].detail
    assert "history" in table.flaws[1].detail
