"""What the forms of goals and objectives share: words of states and links, answers to refused forms."""

from typing import Any, Literal
from uuid import UUID

from fastapi import Request, Response
from pydantic import ConfigDict

from app.domain.permissions import Actor, Permission
from app.domain.words import LinkType, NodeStatus
from app.web.forms import Contract
from app.web.render import fragments, is_partial, page
from app.web.saving import OK

STATES = [
    (NodeStatus.DRAFT.value, "draft: seen only by those who may edit it"),
    (NodeStatus.ACTIVE.value, "active: it counts"),
    (NodeStatus.PAUSED.value, "paused"),
    (NodeStatus.ACHIEVED.value, "achieved"),
    (NodeStatus.ABANDONED.value, "abandoned"),
]


LINK_WORDS = {
    LinkType.CONTRIBUTES: "contributes to",
    LinkType.SUPPORTS: "supports",
    LinkType.DEPENDS_ON: "depends on",
    LinkType.CONFLICTS_WITH: "conflicts with",
}
LINK_TYPES = [
    (LinkType.CONTRIBUTES.value, "contributes to: brings it closer, counts for alignment"),
    (LinkType.SUPPORTS.value, "supports: helps, without a share in it"),
    (LinkType.DEPENDS_ON.value, "depends on: cannot be done without it"),
    (LinkType.CONFLICTS_WITH.value, "conflicts with: more of one is less of the other"),
]


class RetireForm(Contract):
    """Which button of the confirmation was pressed."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    how: Literal["archive", "delete"] = "archive"


def may_add_objectives(person: Actor) -> bool:
    """May this person add objectives in any department?"""
    return Permission.GOALS_WRITE in person.permissions and person.writes != frozenset()


def may_add_in(person: Actor, department: UUID) -> bool:
    """May this person add objectives and initiatives in a department?"""
    return Permission.GOALS_WRITE in person.permissions and (
        person.writes is None or department in person.writes
    )


def answer_node_form(
    request: Request, template: str, fragment: str, context: dict[str, Any], *, status: int
) -> Response:
    """A form as a page; one that htmx sent and that is refused comes back by itself."""
    if status != OK and is_partial(request):
        return fragments(request, [(fragment, context)], status=status)
    return page(request, template, status=status, **context)
