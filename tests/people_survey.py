"""The UK Civil Service People Survey as departments and engagement scores: real names, real gaps.

`python -m tests.people_survey SURVEY.csv FOLDER` writes `departments.csv`, `kpis.csv` and `scores.csv` for
`coxswain import departments|kpis|engagement`. The organisations of the last year become departments under
that year's group, and a group that is called like an organisation is the same department. Every row of the
three measures becomes a score of a segment that is called as printed; which segments are departments is said
in the inbox.
"""

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

LAST_YEAR = "2019"
MEASURES = ("employee_engagement_index", "objectives_and_purpose", "leadership_and_managing_change")
SOURCE, SURVEY = "people-survey", "civil-service"
LONGEST_CODE = 40


class SurveyRow(NamedTuple):
    """One figure of the survey, as printed."""

    year: str
    group: str
    organisation: str
    measure: str
    value: str


class SurveyDepartment(NamedTuple):
    """A department made of an organisation or a group."""

    code: str
    name: str
    parent: str | None


def read_survey(file: Path) -> list[SurveyRow]:
    """Every row of the measures that become scores, in the order of the file."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            SurveyRow(row["year"], row["department_group"], row["organisation"], row["measure"], row["value"])
            for row in csv.DictReader(lines)
            if row["measure"] in MEASURES
        ]


def list_departments(rows: Iterable[SurveyRow]) -> list[SurveyDepartment]:
    """The groups of the last year, then its organisations; same name, same department."""
    group_of = {row.organisation: row.group for row in rows if row.year == LAST_YEAR}
    names = dict.fromkeys([*sorted(set(group_of.values())), *sorted(group_of)])
    codes = _make_codes(names)
    return [
        SurveyDepartment(
            codes[name], name, None if (group := group_of.get(name, name)) == name else codes[group]
        )
        for name in names
    ]


def _make_codes(names: Iterable[str]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for name in names:
        code = re.sub("[^A-Z0-9]+", "-", name.upper()).strip("-")[:LONGEST_CODE].strip("-")
        number = 2
        while code in codes.values():
            code = f"{code[: LONGEST_CODE - 3]}-{number}"
            number += 1
        codes[name] = code
    return codes


def list_kpis() -> list[dict[str, Any]]:
    """A yearly KPI for each measure."""
    return [
        {
            "code": measure.upper().replace("_", "-"),
            "name": measure.replace("_", " ").capitalize(),
            "unit": "percent",
            "direction": "higher",
            "cadence": "yearly",
            "source": "fed",
            "metric": measure,
            "feed": {"source": SOURCE, "metric": measure},
        }
        for measure in MEASURES
    ]


def make_item(row: SurveyRow) -> dict[str, Any]:
    """A row as an item of a push. The survey tells no numbers of respondents."""
    return {
        "segment": row.organisation,
        "name": row.organisation,
        "metric": row.measure,
        "period": row.year,
        "scale": {"kind": "favourability"},
        "value": float(row.value),
    }


def write_files(survey: Path, folder: Path) -> None:
    """The three files that the command line imports."""
    rows = read_survey(survey)
    departments = [department._asdict() for department in list_departments(rows)]
    _write_file(folder / "departments.csv", departments)
    kpis = [kpi | {"feed": f'{{"source": "{SOURCE}", "metric": "{kpi["metric"]}"}}'} for kpi in list_kpis()]
    _write_file(folder / "kpis.csv", kpis)
    scores = [
        {
            "source": SOURCE,
            "survey": SURVEY,
            "round": row.year,
            "segment": row.organisation,
            "name": row.organisation,
            "metric": row.measure,
            "period": row.year,
            "scale_kind": "favourability",
            "value": row.value,
        }
        for row in rows
    ]
    _write_file(folder / "scores.csv", scores)


def _write_file(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    write_files(Path(sys.argv[1]), Path(sys.argv[2]))
