"""The tree of departments as it was when a survey closed, in which its answers are told for ever.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


revision = '20261123_0530'
down_revision = '20261123_0445'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    parents = postgresql.JSONB(astext_type=sa.Text())
    op.add_column('survey_results', sa.Column('parents', parents, server_default=sa.text("'{}'"), nullable=False))
    # Of what closed earlier nothing better is known than the tree of today.
    op.execute(
        "update survey_results set parents = "
        "coalesce((select jsonb_object_agg(id::text, parent_id::text) from departments), '{}')"
    )


def downgrade() -> None:
    op.drop_column('survey_results', 'parents')
