"""Roles that end on a day, such as that of a facilitator from outside.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_0445'
down_revision = '20261123_0440'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column('owners', sa.Column('role_until', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('owners', 'role_until')
