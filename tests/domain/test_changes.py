"""The cursor of the change feed: what is ours is read back, everything else is refused in time."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.changes import BEGINNING, READ_BY_KIND, FeedCursor, Kind, is_snapshot, readable_kinds
from app.domain.permissions import SYSTEM

EPOCH = "01a20498-8d0c-707e-b71b-37e752e911c1"


def pack(plain: str) -> str:
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


@st.composite
def snapshots(draw: st.DrawFn) -> str:
    """A snapshot as PostgreSQL writes it."""
    lowest = draw(st.integers(1, 2**62))
    running = sorted(draw(st.sets(st.integers(lowest, lowest + 50))))
    highest = draw(st.integers((running[-1] + 1) if running else lowest, lowest + 100))
    return f"{lowest}:{highest}:{','.join(map(str, running))}"


@given(st.builds(FeedCursor, st.just(EPOCH), snapshots(), snapshots(), st.integers(0, 2**63 - 1)))
def test_a_cursor_within_an_answer_is_read_back(cursor: FeedCursor) -> None:
    assert FeedCursor.read(cursor.write()) == cursor


@given(snapshots())
def test_a_cursor_between_answers_is_read_back(since: str) -> None:
    assert is_snapshot(since)
    assert FeedCursor.read(FeedCursor(EPOCH, since).write()) == FeedCursor(EPOCH, since)


@given(st.text(max_size=60) | st.text("AQ-_=Z09", max_size=60))
def test_any_other_text_is_no_cursor(text: str) -> None:
    assert FeedCursor.read(text) is None


@pytest.mark.parametrize(
    "plain",
    [
        f"{EPOCH}",
        f"{EPOCH}~",
        f"{EPOCH}~5:4:",
        f"{EPOCH}~0:4:",
        f"{EPOCH}~4:9:3",
        f"{EPOCH}~4:9:9",
        f"{EPOCH}~4:9:6,5",
        f"{EPOCH}~4:9:5,5",
        f"{EPOCH}~4:9:5,",
        f"{EPOCH}~4:9:,",
        f"{EPOCH}~9999999999999999999:9999999999999999999:",
        f"{EPOCH}~4:9:~4:9:",
        f"{EPOCH}~4:9:~9:4:~7",
        f"{EPOCH}~4:9:~4:9:~9999999999999999999",
        f"{EPOCH}~4:9:~4:9:~-1",
        f"{EPOCH}~4:9:\n",
        f"{EPOCH[:-1]}~4:9:",
    ],
)
def test_a_cursor_that_postgresql_would_refuse_is_none_of_ours(plain: str) -> None:
    assert FeedCursor.read(pack(plain)) is None


def test_the_oldest_unseen_transaction_is_where_the_snapshot_begins() -> None:
    assert FeedCursor(EPOCH, "7:12:7,9").oldest_unseen == "7"
    assert FeedCursor(EPOCH, BEGINNING).oldest_unseen == "1"


def test_everything_is_readable_to_who_may_everything() -> None:
    assert readable_kinds(SYSTEM) == list(READ_BY_KIND)
    assert set(READ_BY_KIND) == set(Kind)
