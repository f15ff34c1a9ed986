"""Scores from CSV: what a line without a scale becomes."""

from app.domain.intake.table import read_table

HEADER = b"source,segment,metric,period,scale_kind,scale_min,scale_max,value,respondents\n"


def test_a_line_without_a_scale_is_read_plainly_and_has_none() -> None:
    push = read_table(HEADER + b"hr,seg_1,engagement,2026-05,,,,7.4,12\n", limit=10)
    (group,) = push.plain_groups()
    assert list(group.items) == [
        {"segment": "seg_1", "metric": "engagement", "period": "2026-05", "value": 7.4, "respondents": 12}
    ]
    assert (push.typed, group.source) == (False, "hr")
