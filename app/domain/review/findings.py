"""Findings of the checker in a review: what is new or an error, worst first. Pure."""

from collections.abc import Sequence

from app.domain.linkage.findings import Severity
from app.domain.review.facts import FindingFact, Findings
from app.domain.review.names import Names
from app.domain.review.rows import FindingCounts, FindingRow

# Two who claim the same, and two who pull one thing in opposite directions: told among the tensions.
CLAIMS = ("L501", "L505")
_MOST_NAMED = 3


def tell_findings(rows: Sequence[FindingRow], counts: FindingCounts, names: Names) -> Findings:
    """Errors first, then warnings and what is only good to know; new ones first, by rule and fingerprint."""
    shown = [row for row in rows if row.is_open and (row.is_new or row.severity is Severity.ERROR)]
    return Findings(
        shown=tuple(_tell_finding(row, names) for row in sorted(shown, key=_order_finding)),
        open=counts.open,
        new=counts.new,
        fixed=counts.fixed,
    )


def _tell_finding(row: FindingRow, names: Names) -> FindingFact:
    return FindingFact(
        key=row.key,
        rule=row.rule,
        severity=row.severity,
        title=", ".join(each.name for each in row.objects[:_MOST_NAMED]),
        message=row.message,
        why=row.why,
        fix=row.fix,
        owners=names.people(row.owners),
        departments=names.places(row.departments),
        objects=row.objects,
        is_new=row.is_new,
        waived_until=row.waived_until,
    )


def _order_finding(row: FindingRow) -> tuple[int, bool, str, str]:
    return list(Severity).index(row.severity), not row.is_new, row.rule, row.key
