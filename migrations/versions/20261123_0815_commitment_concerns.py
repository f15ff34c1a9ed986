"""Commitments: the concern with which somebody commits, and what was made of it.

Must suit the program version that is still running: it knows no concerns.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_0815'
down_revision = '20261123_0800'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('commitment_concerns',
    sa.Column('commitment_id', sa.Uuid(), nullable=False),
    sa.Column('concern', sa.String(), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answered_by', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitments.id'], name=op.f('fk_commitment_concerns_commitment_id')),
    sa.PrimaryKeyConstraint('commitment_id', name=op.f('pk_commitment_concerns'))
    )


def downgrade() -> None:
    op.drop_table('commitment_concerns')
