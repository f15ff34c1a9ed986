"""The namespace of themes, goals, objectives and initiatives: one row per code, whatever it stands for."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from app.domain.words import NodeKind
from app.models.base import code_index, enum_type


class Node(SQLModel, table=True):
    """A theme, goal, objective or initiative as something that links and KPIs can point at."""

    __tablename__ = "nodes"
    __table_args__ = (code_index("nodes"),)

    id: UUID = Field(primary_key=True)
    kind: NodeKind = Field(sa_type=enum_type(NodeKind))
    code: str
