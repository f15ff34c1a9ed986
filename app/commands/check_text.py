"""The answer of `coxswain check` for people: the score with its arithmetic, then what to do, worst first."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import TextWrapper

from app.commands.check_report import Report
from app.domain.linkage.catalogue import RULE_OF
from app.domain.linkage.findings import Finding, ObjectKind, Severity
from app.domain.linkage.score import FULL_SCORE, WEIGHTS, Score
from app.domain.texts import clean_text

MOST_COLUMNS = 100
FEWEST_COLUMNS = 40
MOST_CODES = 20
_HEADINGS = {Severity.ERROR: "ERRORS", Severity.WARNING: "WARNINGS", Severity.INFO: "WORTH KNOWING"}
_COUNTS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("worth knowing", "worth knowing"),
}
_TABLE = "  {:<11}{:>4}  {:>8}  {:>7}  {:>7}  {:>7}"


def write_text(report: Report, *, width: int = MOST_COLUMNS) -> str:
    """The whole report in lines of at most `width` characters."""
    page = _Page(max(FEWEST_COLUMNS, min(width, MOST_COLUMNS)))
    page.say(f"Alignment score {report.score.value:g} of {FULL_SCORE}: {report.source}, {report.today}")
    page.skip_line()
    page.lines += _write_table(report.score)
    page.skip_line()
    page.say(_write_sum(report.score), indent=2)
    for severity in Severity:
        _write_severity(page, severity, [each for each in report.open_findings if each.severity is severity])
    _write_waived(page, report)
    for skipped in report.skipped:
        page.skip_line()
        page.say(f"Not checked: {skipped.rule} {RULE_OF[skipped.rule].slug}. {skipped.reason}")
    page.skip_line()
    page.say(_count(report.open_findings))
    return "\n".join(page.lines) + "\n"


class _Page:
    """Lines, wrapped. Codes with hyphens stay whole."""

    def __init__(self, width: int) -> None:
        self.lines: list[str] = []
        self._wrapper = TextWrapper(width, break_on_hyphens=False)

    def skip_line(self) -> None:
        self.lines.append("")

    def say(self, text: str, *, indent: int = 0, mark: str = "") -> None:
        """A paragraph; its lines start below the first letter after the mark."""
        self._wrapper.initial_indent = " " * indent + mark
        self._wrapper.subsequent_indent = " " * (indent + len(mark))
        # What people typed may hold anything, line breaks and what steers a terminal included.
        self.lines += self._wrapper.wrap(clean_text(" ".join(text.split())))


def _write_table(score: Score) -> Iterator[str]:
    yield _TABLE.format("", "cap", "findings", "weight", "checked", "penalty")
    for line in score.lines:
        weight, penalty = f"{line.weight:g}", f"{line.penalty:.2f}"
        yield _TABLE.format(line.group, line.cap, line.findings, weight, line.checked, penalty)


def _write_sum(score: Score) -> str:
    weights = ", ".join(f"{severity} {WEIGHTS[severity]:g}" for severity in Severity)
    penalties = "".join(f" − {line.penalty:g}" for line in score.lines if line.penalty)
    total = f"{FULL_SCORE}{penalties} = {score.value:g}."
    return f"{total} A penalty is cap × weight ÷ checked, at most the cap; weights: {weights}."


def _write_severity(page: _Page, severity: Severity, findings: Sequence[Finding]) -> None:
    if findings:
        page.skip_line()
        page.say(_HEADINGS[severity])
    for code, group in groupby(findings, key=lambda finding: finding.rule):
        page.skip_line()
        page.say(f"{RULE_OF[code].slug}: {RULE_OF[code].why}", mark=f"{code} ")
        for finding in group:
            _write_finding(page, finding)


def _write_waived(page: _Page, report: Report) -> None:
    if report.waived:
        page.skip_line()
        page.say("WAIVED")
        page.skip_line()
    for finding in report.findings:
        if waiver := report.waived.get(finding.fingerprint):
            page.say(f"{finding.rule} {finding.message}", indent=2, mark="• ")
            page.say(f"Until {waiver.expires_on}, by {waiver.made_by}: {waiver.reason}", indent=4)


def _write_finding(page: _Page, finding: Finding) -> None:
    page.say(finding.message, indent=2, mark="• ")
    unnamed = [item.code for item in finding.objects if item.code not in finding.message]
    if unnamed and finding.objects[0].kind is not ObjectKind.ORGANIZATION:
        more = len(unnamed) - MOST_CODES
        page.say(", ".join(unnamed[:MOST_CODES]) + (f" and {more} more" if more > 0 else ""), indent=4)
    page.say(finding.fix, indent=4, mark="→ ")


def _count(findings: list[Finding]) -> str:
    counts = []
    for severity, words in _COUNTS.items():
        number = sum(finding.severity is severity for finding in findings)
        if number:
            counts.append(f"{number:,} {words[number > 1]}")
    if not counts:
        return "Nothing found."
    return f"{len(findings):,} findings: {', '.join(counts)}." if len(counts) > 1 else f"{counts[0]}."
