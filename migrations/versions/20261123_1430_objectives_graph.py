"""Objectives: an index that alone tells the structural rules of the linkage check all they read.

Must suit the program version that is still running: it does not notice.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_1430'
down_revision = '20261123_1230'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_index(
        'ix_objectives_graph',
        'objectives',
        ['id'],
        unique=False,
        postgresql_include=['status'],
        postgresql_where=sa.text('archived_at is null'),
    )


def downgrade() -> None:
    op.drop_index('ix_objectives_graph', table_name='objectives')
