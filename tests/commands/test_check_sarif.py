"""`coxswain check --format sarif`: a log that others can read, and findings at the line where they stand."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from app.commands.check_report import Report
from app.commands.check_sarif import SCHEMA, write_sarif, write_uri
from app.domain.linkage.catalogue import RULES
from app.domain.linkage.findings import Severity, Skipped
from app.domain.linkage.score import compute_score
from tests.commands.test_check import DAY, run_check
from tests.commands.test_check_text import LONELY, UNSAID

PLAN: dict[str, Any] = {
    "today": DAY,
    "departments": [{"code": "OPS", "name": 'Operations "code": \\ {['}],
    "goals": [
        {"title": "Grow", "extra": {"code": "OPS-1"}, "code": "G1", "status": "active"},
        {"code": "G2", "title": "Grow {0} [more](https://x.example)", "status": "active"},
    ],
    "meta": {"rows": [{"code": "OPS-1"}]},
    "objectives": [
        {"code": "ops-1", "title": "Rénover 🛶", "department": "OPS", "status": "active"},
        {"code": "OPS-2", "title": "Repair", "department": "OPS", "status": "active"},
    ],
    "links": [
        {"source": "OPS-1", "target": "G1", "type": "contributes"},
        {"source": "OPS-2", "target": "G1", "type": "contributes"},
    ],
}


class Shape(NamedTuple):
    """What the published schema (SARIF 2.1.0, errata 01) says of an object: nothing else may be in it."""

    required: set[str]
    # The name of a part and the shape of its value, or of each of its values where it is a list.
    parts: Mapping[str, str]
    plain: set[str]


MESSAGE = Shape({"text"}, {}, {"text", "markdown"})
SHAPES = {
    "log": Shape({"version", "runs"}, {"runs": "run"}, {"version", "$schema"}),
    "run": Shape(
        {"tool"},
        {"tool": "tool", "invocations": "invocation", "artifacts": "artifact", "results": "result"},
        {"columnKind", "properties"},
    ),
    "tool": Shape({"driver"}, {"driver": "component"}, set()),
    "component": Shape(
        {"name"}, {"rules": "rule", "shortDescription": "message"}, {"name", "version", "semanticVersion"}
    ),
    "rule": Shape(
        {"id"},
        {
            **{"shortDescription": "message", "fullDescription": "message", "help": "message"},
            "defaultConfiguration": "configuration",
        },
        {"id", "name", "properties"},
    ),
    "configuration": Shape(set(), {}, {"level"}),
    "message": MESSAGE,
    "invocation": Shape(
        {"executionSuccessful"}, {"toolConfigurationNotifications": "notification"}, {"executionSuccessful"}
    ),
    "notification": Shape({"message"}, {"message": "message", "associatedRule": "reference"}, {"level"}),
    "reference": Shape({"id", "index"}, {}, {"id", "index"}),
    "artifact": Shape(set(), {"location": "file"}, {"mimeType", "encoding", "roles"}),
    "file": Shape(set(), {}, {"uri", "index"}),
    "result": Shape(
        {"message"},
        {"message": "message", "locations": "location", "relatedLocations": "location"},
        {"ruleId", "ruleIndex", "level", "partialFingerprints", "properties"},
    ),
    "location": Shape(set(), {"logicalLocations": "object", "physicalLocation": "place"}, {"id"}),
    "object": Shape(set(), {}, {"name", "fullyQualifiedName", "kind"}),
    "place": Shape({"artifactLocation"}, {"artifactLocation": "file", "region": "region"}, set()),
    "region": Shape({"startLine"}, {}, {"startLine", "startColumn", "endColumn"}),
}
LEVELS = {"error", "warning", "note"}


def find_flaws(value: Any, shape: str, place: str = "") -> list[str]:
    """Where a log is not of the published form."""
    if not isinstance(value, dict):
        return [f"{place} is no {shape}"]
    required, parts, plain = SHAPES[shape]
    flaws = [f"{place} lacks {name}" for name in required - value.keys()]
    flaws += [f"{place}/{name} is unknown" for name in value.keys() - parts.keys() - plain]
    if "level" in value and value["level"] not in LEVELS:
        flaws.append(f"{place}/level is {value['level']}")
    for name in parts.keys() & value.keys():
        each = value[name] if isinstance(value[name], list) else [value[name]]
        for number, part in enumerate(each):
            flaws += find_flaws(part, parts[name], f"{place}/{name}/{number}")
    return flaws


def read_log(text: str | bytes) -> dict[str, Any]:
    """A log of the right form, with everything in it that refers to something else."""
    log: dict[str, Any] = orjson.loads(text)
    assert find_flaws(log, "log") == []
    assert (log["version"], log["$schema"]) == ("2.1.0", SCHEMA)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert len(result["locations"]) == 1
    return log


def check_sarif(*arguments: str, plan: bytes | None = None) -> dict[str, Any]:
    """The one run of the log about a plan."""
    done = run_check("--format", "sarif", *arguments, plan=plan)
    assert done.exit_code == 1, done.stderr
    run: dict[str, Any] = read_log(done.stdout_bytes)["runs"][0]
    return run


def read_at(text: str, location: dict[str, Any]) -> str:
    """What stands at a place of the text."""
    region: dict[str, int] = location["physicalLocation"]["region"]
    line = text.split("\n")[region["startLine"] - 1]
    return line[region["startColumn"] - 1 : region["endColumn"] - 1]


def test_a_wrong_log_would_be_noticed() -> None:
    assert find_flaws({"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "x": 1}]}, "log") == [
        "/runs/0/x is unknown",
        "/runs/0/tool/0/driver/0 lacks name",
    ]


def test_every_rule_is_described_in_words() -> None:
    run = check_sarif(plan=orjson.dumps(PLAN))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    for rule in rules:
        assert re.fullmatch(r"([A-Z][a-z]*)+", rule["name"])
        for part in ("shortDescription", "fullDescription", "help"):
            assert re.match(r"[A-Z`].{20}", rule[part]["text"], re.DOTALL)
            assert "{" not in rule[part]["text"]


@pytest.mark.parametrize("options", [0, orjson.OPT_INDENT_2])
def test_a_finding_stands_where_the_code_of_its_object_stands(tmp_path: Path, options: int) -> None:
    file = tmp_path / "our plan.json"
    file.write_bytes(b"\xef\xbb\xbf" + orjson.dumps(PLAN, option=options))
    run = check_sarif("--file", str(file))
    text = file.read_text("utf-8-sig")
    (artifact,) = run["artifacts"]
    assert artifact["location"]["uri"] == file.as_uri()
    found = {}
    for result in run["results"]:
        for location in [*result["locations"], *result.get("relatedLocations", [])]:
            (item,) = location["logicalLocations"]
            found[item["fullyQualifiedName"]] = read_at(text, location)
    for kind, code in (("goal", "G1"), ("goal", "G2"), ("objective", "ops-1"), ("objective", "OPS-2")):
        assert found[f"{kind}/{code}"] == f'"{code}"'
    for code in ("OPS-1>G1:contributes", "OPS-2>G1:contributes"):
        assert found[f"link/{code}"] == "{"
    assert run["columnKind"] == "unicodeCodePoints"
    places = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    links = [each for each in places if each["endColumn"] - each["startColumn"] == 1]
    assert len({tuple(each.items()) for each in links}) == 2


def test_without_a_file_objects_are_named_and_no_place_is_made_up() -> None:
    run = check_sarif(plan=orjson.dumps(PLAN))
    assert "artifacts" not in run
    locations = [result["locations"][0] for result in run["results"]]
    assert all(location.keys() == {"id", "logicalLocations"} for location in locations)


def test_what_people_typed_is_neither_a_placeholder_nor_a_link() -> None:
    run = check_sarif(plan=orjson.dumps(PLAN))
    texts = [each["message"]["text"] for each in run["results"] if each["ruleId"] == "L601"]
    assert texts
    assert all("“Grow {{0}} [more\\](https://x.example)” (G2)" in text for text in texts)


def test_levels_fingerprints_advice_and_further_objects_are_told() -> None:
    pair = replace(LONELY, objects=(*LONELY.objects, *UNSAID.objects), severity=Severity.INFO)
    score = compute_score([], {})
    report = Report("x", date(2026, 11, 22), [LONELY, UNSAID, pair], [Skipped("L102", "Too large.")], score)
    (run,) = read_log(write_sarif(report, None))["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    first, _, last = run["results"]
    assert first["partialFingerprints"] == {"coxswainFinding/v1": "L101-0"}
    assert first["properties"]["fix"] == "Link it."
    assert first["message"]["text"].endswith("contributes to nothing. Link it.")
    (further,) = last["relatedLocations"]
    assert further["logicalLocations"][0]["fullyQualifiedName"] == "link/S-1>G1:contributes"
    (note,) = run["invocations"][0]["toolConfigurationNotifications"]
    assert note["message"]["text"] == "L102 was not checked. Too large."
    assert run["tool"]["driver"]["rules"][note["associatedRule"]["index"]]["id"] == "L102"
    assert run["properties"]["today"] == DAY


def test_an_address_is_relative_inside_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert write_uri(Path("a b") / "c:d.json") == "a%20b/c%3Ad.json"
    assert write_uri(tmp_path / "plan.json") == "plan.json"
    assert write_uri(Path("/elsewhere/plan.json")) == "file:///elsewhere/plan.json"
