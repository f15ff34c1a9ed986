"""The end of the page of a review, laid out: closing it, what is frozen, and what was corrected since."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.deps import SessionDep
from app.domain.periods import parse_period
from app.domain.permissions import Actor, Permission, may
from app.domain.review.exports import ExportFormat
from app.domain.review.readings import SUPPRESSED
from app.domain.review.revised import Revision
from app.domain.reviews import ReviewStatus
from app.models.reviews import Review
from app.queries.organization import zone_of
from app.queries.review_revisions import list_revisions_since
from app.queries.review_snapshots import FrozenReview, SnapshotRow, list_snapshots
from app.queries.reviews import count_closed_after
from app.web.event_words import say_period
from app.web.figures import write_figure, write_hidden
from app.web.review_asked import AskedPart, read_asked
from app.web.review_viewer import Refused, RevisedMark
from app.web.times import Clock, read_clock

_FORMATS = {ExportFormat.HTML: "One HTML file", ExportFormat.CSV: "CSV", ExportFormat.JSON: "JSON"}


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """A frozen revision of a review."""

    revision: int
    href: str
    closed: str
    reason: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RevisedLine:
    """What is known otherwise since. `key`: of the place where the page shows it; `id`: of its row."""

    id: str
    key: str
    what: str
    where: str
    before: str
    after: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingView:
    """Everything that `_close.html` prints. `shown`: the frozen revision that the page shows, if it does.

    `reopens`: closed, and no later month is. `older`: what is revised of periods before the reviewed month.
    `marks`: for what is revised, by the key of the place where the page shows it. `asked`: what else is asked
    to be changed, for those who may.
    """

    runs: bool
    is_closed: bool
    reopens: bool = False
    despite: str
    exports: list[tuple[str, str]]
    shown: FrozenLine | None = None
    frozen: list[FrozenLine] = field(default_factory=list)
    revised: list[RevisedLine] = field(default_factory=list)
    older: list[RevisedLine] = field(default_factory=list)
    marks: dict[str, RevisedMark] = field(default_factory=dict)
    asked: AskedPart = field(default_factory=AskedPart)

    @property
    def older_sentence(self) -> str:
        """How much is folded away."""
        many = "1 value is" if len(self.older) == 1 else f"{len(self.older)} values are"
        return f"Of earlier periods that this page shows, {many} known otherwise."


async def read_closing(
    session: SessionDep,
    review: Review,
    *,
    person: Actor,
    frozen: FrozenReview | None = None,
    revision: int | None = None,
    refused: Refused | None = None,
) -> ClosingView:
    """What there is to say; `frozen`: what is shown. Nothing is read of a review that was never closed."""
    href = f"/reviews/{review.code}"
    is_closed = review.status is ReviewStatus.CLOSED
    asked = "" if revision is None else f"?revision={revision}"
    view = ClosingView(
        runs=may(person, Permission.REVIEWS_WRITE),
        is_closed=is_closed,
        despite=review.despite or "",
        exports=[(f"{href}/export.{kind.value}{asked}", text) for kind, text in _FORMATS.items()],
    )
    if not is_closed and review.revision == 1:
        return view
    clock = read_clock(await zone_of(session))
    if revision is None:
        view = replace(view, asked=await read_asked(session, review, person=person, refused=refused))
    view = replace(
        view, frozen=[_make_frozen(each, href, clock) for each in await list_snapshots(session, review)]
    )
    if frozen is None:
        return view
    shown = next(each for each in view.frozen if each.revision == frozen.snapshot.revision)
    revisions = await list_revisions_since(session, frozen)
    lines = [make_revised(each, clock, number) for number, each in enumerate(revisions, start=1)]
    told = list(zip(revisions, lines, strict=True))
    view = replace(
        view,
        revised=[line for each, line in told if not _is_older(each, review)],
        older=[line for each, line in told if _is_older(each, review)],
        marks={line.key: RevisedMark(f"{href}{asked}#{line.id}", line.after) for line in lines},
    )
    reopens = is_closed and await count_closed_after(session, review.code) == 0
    return replace(view, shown=shown, reopens=reopens)


def _make_frozen(row: SnapshotRow, href: str, clock: Clock) -> FrozenLine:
    return FrozenLine(
        revision=row.revision,
        href=f"{href}?revision={row.revision}",
        closed=f"{clock.say(row.closed_at)} by {row.closed_by}",
        reason=row.reason or "",
        sha256=row.sha256,
    )


def _is_older(revision: Revision, review: Review) -> bool:
    """Did the period of the value end before the month that the review is about?"""
    if revision.period is None:
        return False
    return parse_period(revision.period).last_day < parse_period(review.code).first_day


def make_revised(revision: Revision, clock: Clock, number: int) -> RevisedLine:
    """A correction in words: what, whose, from what to what, when, by whom and why. `number`: of its row."""
    when = clock.say(revision.at) if revision.at else ""
    said = ", ".join(filter(None, (when, revision.by, revision.reason)))
    return RevisedLine(
        id=f"revised-{number}",
        key=revision.key,
        what=revision.about.name,
        where=_say_where(revision),
        before=_say(revision.before, revision.unit),
        after=_say(revision.after, revision.unit) + _say_judged(revision),
        said=said,
    )


def _say_where(revision: Revision) -> str:
    """Whose value of when; what is of the whole organization says the period alone."""
    place = revision.department.name if revision.department else ""
    period = say_period(revision.period).capitalize() if revision.period else ""
    return " · ".join(filter(None, (place, period)))


def _say(value: str | float | None, unit: str | None) -> str:
    if isinstance(value, str):
        return write_hidden(None, withheld=True) if value == SUPPRESSED else value
    return write_figure(None if value is None else Decimal(str(value)), unit or "count")


def _say_judged(revision: Revision) -> str:
    """Where the value stayed and only its target moved, that is the news."""
    if revision.before != revision.after or revision.target is None:
        return ""
    return f", target {_say(revision.target, revision.unit)} now: {revision.status}"
