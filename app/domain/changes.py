"""The change feed: which kinds of things it tells to whom, and how its cursor is written. No SQL lives here.

A cursor names what its holder has seen by a PostgreSQL snapshot `xmin:xmax:xip,…`: all transactions below
xmin, and those below xmax that are not among xip. An id would not do: ids are given before commits.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from app.domain.permissions import Actor, Permission, may


class Kind(StrEnum):
    """What an event can be about."""

    ORGANIZATION = "organization"
    VISION = "vision"
    THEME = "theme"
    DEPARTMENT = "department"
    OWNER = "owner"
    GOAL = "goal"
    OBJECTIVE = "objective"
    INITIATIVE = "initiative"
    LINK = "link"
    KPI = "kpi"
    TARGET = "target"
    MEASUREMENT = "measurement"
    CHANGE_REQUEST = "change_request"
    ENGAGEMENT_PUSH = "engagement_push"
    ENGAGEMENT_SCORE = "engagement_score"
    ENGAGEMENT_SEGMENT = "engagement_segment"
    CLIENT = "client"
    WAIVER = "waiver"
    COMMITMENT = "commitment"
    PEER_NOTE = "peer_note"
    DECISION_TYPE = "decision_type"
    DECISION = "decision"
    PARTNERSHIP = "partnership"
    TALK = "talk"
    SURVEY = "survey"
    REVIEW = "review"
    PARKED_ITEM = "parked_item"
    RITUAL = "ritual"
    OCCURRENCE = "occurrence"
    VERDICT = "verdict"


# Who comes and goes, and with which key, is for those who keep the keys.
PRIVATE_ACTIONS = (
    "key_issued",
    "keys_revoked",
    "signed_in",
    "signed_out",
    "password_link_made",
    "password_set",
    "results_viewed",
    # That somebody has a concern is between them, who asks after it, and the chair.
    "concern_raised",
    "concern_answered",
    "digest_started",
    "digest_stopped",
    "voted",
    "calendar_address_made",
    "calendar_address_revoked",
)

READ_BY_KIND: Mapping[Kind, Permission] = {
    Kind.ORGANIZATION: Permission.ORGANIZATION_READ,
    Kind.VISION: Permission.ORGANIZATION_READ,
    Kind.THEME: Permission.GOALS_READ,
    Kind.DEPARTMENT: Permission.DIRECTORY_READ,
    Kind.OWNER: Permission.DIRECTORY_READ,
    Kind.GOAL: Permission.GOALS_READ,
    Kind.OBJECTIVE: Permission.GOALS_READ,
    Kind.INITIATIVE: Permission.GOALS_READ,
    Kind.LINK: Permission.GOALS_READ,
    Kind.KPI: Permission.GOALS_READ,
    Kind.TARGET: Permission.GOALS_READ,
    Kind.MEASUREMENT: Permission.METRICS_READ,
    Kind.CHANGE_REQUEST: Permission.METRICS_READ,
    Kind.ENGAGEMENT_PUSH: Permission.METRICS_READ,
    Kind.ENGAGEMENT_SCORE: Permission.METRICS_READ,
    Kind.ENGAGEMENT_SEGMENT: Permission.METRICS_READ,
    Kind.CLIENT: Permission.CLIENTS_READ,
    Kind.WAIVER: Permission.GOALS_READ,
    Kind.COMMITMENT: Permission.COMMITMENTS_READ,
    Kind.PEER_NOTE: Permission.PEER_NOTES_READ,
    Kind.DECISION_TYPE: Permission.DECISIONS_READ,
    Kind.DECISION: Permission.DECISIONS_READ,
    Kind.PARTNERSHIP: Permission.PARTNERSHIPS_READ,
    Kind.TALK: Permission.PARTNERSHIPS_READ,
    Kind.SURVEY: Permission.SURVEYS_READ,
    Kind.REVIEW: Permission.REVIEWS_READ,
    Kind.PARKED_ITEM: Permission.REVIEWS_READ,
    Kind.RITUAL: Permission.RITUALS_READ,
    Kind.OCCURRENCE: Permission.RITUALS_READ,
    Kind.VERDICT: Permission.RITUALS_READ,
}

BEGINNING = "1:1:"
LARGEST_NUMBER = 2**63 - 1
_SNAPSHOT = "[0-9]{1,19}:[0-9]{1,19}:[0-9,]*"
_CURSOR = re.compile(
    rf"(?P<epoch>[0-9a-f-]{{36}})~(?P<since>{_SNAPSHOT})(~(?P<until>{_SNAPSHOT})~(?P<after>[0-9]{{1,19}}))?\Z"
)


def readable_kinds(actor: Actor) -> list[Kind]:
    """The kinds an actor may read, in their usual order."""
    return [kind for kind, permission in READ_BY_KIND.items() if may(actor, permission)]


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """Where somebody stands in the feed.

    `epoch` is the life of the database the snapshots belong to. Everything visible in `since` was read. On
    the way through one answer of several pages, `until` is the snapshot of its first page, and `after` the
    last event read of it.

    >>> cursor = FeedCursor("01a20498-8d0c-707e-b71b-37e752e911c1", "700:702:700")
    >>> FeedCursor.read(cursor.write()) == cursor
    True
    """

    epoch: str
    since: str
    until: str | None = None
    after: int = 0

    def write(self) -> str:
        """The cursor as callers hold it: opaque to them."""
        parts = [self.epoch, self.since]
        if self.until is not None:
            parts += [self.until, str(self.after)]
        return base64.urlsafe_b64encode("~".join(parts).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "FeedCursor | None":
        """The cursor behind a text, or None when it is none of ours."""
        try:
            plain = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)).decode()
        except (binascii.Error, ValueError):
            return None
        match = _CURSOR.match(plain)
        if match is None or not is_snapshot(match["since"]):
            return None
        if match["until"] is None:
            return cls(match["epoch"], match["since"])
        if not is_snapshot(match["until"]) or int(match["after"]) > LARGEST_NUMBER:
            return None
        return cls(match["epoch"], match["since"], match["until"], int(match["after"]))

    @property
    def oldest_unseen(self) -> str:
        """The first transaction that may hold something unread."""
        return self.since.partition(":")[0]


def is_snapshot(text: str) -> bool:
    """Would PostgreSQL read this as a snapshot? xmin ≤ xmax, both above 0, xip ascending between them.

    >>> is_snapshot("10:12:10,11"), is_snapshot("12:10:"), is_snapshot("10:12:11,10"), is_snapshot("0:1:")
    (True, False, False, False)
    """
    first, last, between = text.split(":")
    lowest, highest = int(first), int(last)
    if not 0 < lowest <= highest <= LARGEST_NUMBER:
        return False
    if not between:
        return True
    if not all(between.split(",")):
        return False
    running = [int(part) for part in between.split(",")]
    ascending = all(one < other for one, other in pairwise(running))
    return ascending and lowest <= running[0] and running[-1] < highest
