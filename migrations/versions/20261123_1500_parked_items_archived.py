"""Parked items: one that was parked by mistake is archived, as commitments and decisions are.

Must suit the program version that is still running: it does not notice.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_1500'
down_revision = '20261123_1430'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column('parked_items', sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('parked_items', 'archived_at')
