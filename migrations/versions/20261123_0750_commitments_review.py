"""Commitments: in which review one was made.

Must suit the program version that is still running: it makes none in reviews.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_0750'
down_revision = '20261123_0743'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column('commitments', sa.Column('review_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_commitments_review_id'), 'commitments', 'reviews', ['review_id'], ['id'])
    op.create_index(op.f('ix_commitments_review_id'), 'commitments', ['review_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_commitments_review_id'), table_name='commitments')
    op.drop_constraint(op.f('fk_commitments_review_id'), 'commitments', type_='foreignkey')
    op.drop_column('commitments', 'review_id')
