"""The structural rules on what is stored, however large: only what they find is read with its names."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.linkage.catalogue import RULES
from app.domain.linkage.check import tell_findings
from app.domain.linkage.findings import Finding, Named, Namer, ObjectKind, Thing, list_things
from app.domain.linkage.names import write_link_code
from app.domain.words import LinkType
from app.queries.linkage_graph import StoredGraph, read_graph

_NODES = text("""
select n.id, n.code, coalesce(g.title, o.title) as title, o.department_id,
       coalesce(g.status, o.status) = 'draft' as draft
from nodes n left join goals g on g.id = n.id left join objectives o on o.id = n.id
where n.id = any(:ids)
""")
_LINKS = text("""
select source_id, target_id, id from links
where source_id = any(:sources) and type = 'contributes' and archived_at is null
""")


async def check_structure(session: AsyncSession, beside: AsyncSession) -> list[Finding]:
    """What the rules that read the bare graph find, in order; sessions as `read_graph` wants them."""
    stored = await read_graph(session, beside)
    found = [(rule, list(rule.find(stored.graph))) for rule in RULES if rule.structural]
    things = {thing for _, some in found for each in some for thing in list_things(each)}
    name = await read_names(session, stored, things)
    return [finding for rule, some in found for finding in tell_findings(rule, some, name=name)]


async def read_names(session: AsyncSession, stored: StoredGraph, things: Iterable[Thing]) -> Namer:
    """A namer of these goals, objectives and links of a graph."""
    nodes = {node for thing in things for node in _list_nodes(stored, thing)}
    links = [thing.position for thing in things if thing.kind is ObjectKind.LINK]
    ids = {node: stored.id_of(node) for node in nodes}
    rows = {row.id: row for row in await session.execute(_NODES, {"ids": list(ids.values())})}
    sources = {ids[int(stored.graph.source[link])] for link in links}
    keys = {row[:2]: row[2] for row in await session.execute(_LINKS, {"sources": list(sources)})}

    def name_node(node: int) -> Named:
        row = rows[ids[node]]
        department = str(row.department_id) if row.department_id else None
        return Named(stored.graph.node(node).kind, str(row.id), row.code, row.title, department, row.draft)

    def name_link(link: int) -> Named:
        ends = _list_nodes(stored, Thing(ObjectKind.LINK, link))
        source, target = map(name_node, ends)
        key = str(keys[ids[ends[0]], ids[ends[1]]])
        code = write_link_code(source.code, target.code, LinkType.CONTRIBUTES)
        title, draft = f"{source.title} → {target.title}", source.draft or target.draft
        return Named(ObjectKind.LINK, key, code, title, source.department, draft)

    return lambda thing: (name_link if thing.kind is ObjectKind.LINK else name_node)(thing.position)


def _list_nodes(stored: StoredGraph, thing: Thing) -> list[int]:
    if thing.kind is not ObjectKind.LINK:
        return [thing.position]
    return [int(ends[thing.position]) for ends in (stored.graph.source, stored.graph.target)]
