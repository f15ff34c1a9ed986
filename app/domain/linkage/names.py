"""How a link is named: by its ends and its type, `SALES-3>G1:contributes`."""

from typing import NamedTuple

from app.domain.words import LinkType


class LinkName(NamedTuple):
    """The parts of a link's code."""

    source: str
    target: str
    type: LinkType


def write_link_code(source: str, target: str, type: LinkType | str) -> str:
    """The code of a link between two codes.

    >>> write_link_code("SALES-3", "G1", LinkType.CONTRIBUTES)
    'SALES-3>G1:contributes'
    """
    return f"{source}>{target}:{LinkType(type).value}"


def read_link_code(text: str) -> LinkName | None:
    """The parts of a link's code, or None when the text is none. Codes hold neither `>` nor `:`.

    >>> read_link_code("SALES-3>G1:Contributes")
    LinkName(source='SALES-3', target='G1', type=<LinkType.CONTRIBUTES: 'contributes'>)
    >>> read_link_code("SALES-3>G1") is None
    True
    """
    source, _, rest = text.partition(">")
    target, _, kind = rest.partition(":")
    if not source or not target or kind.lower() not in set(LinkType):
        return None
    return LinkName(source, target, LinkType(kind.lower()))
