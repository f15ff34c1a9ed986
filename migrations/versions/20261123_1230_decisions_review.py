"""Decisions: in which review one was raised, and when its end was written down.

Must suit the program version that is still running: it writes neither. Commitments that were loaded with
their outcomes count as settled on their days.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_1230'
down_revision = '20261123_0815'
branch_labels = None
depends_on = None

LOADED = """
update commitments
set settled_at = (settled_on + time '09:00') at time zone 'UTC'
where settled_at is not null and settled_on < cast(created_at at time zone 'UTC' as date)
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column('decisions', sa.Column('review_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_decisions_review_id'), 'decisions', 'reviews', ['review_id'], ['id'])
    op.create_index(op.f('ix_decisions_review_id'), 'decisions', ['review_id'], unique=False)
    op.add_column('decisions', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(LOADED)


def downgrade() -> None:
    op.drop_column('decisions', 'ended_at')
    op.drop_index(op.f('ix_decisions_review_id'), table_name='decisions')
    op.drop_constraint(op.f('fk_decisions_review_id'), 'decisions', type_='foreignkey')
    op.drop_column('decisions', 'review_id')
