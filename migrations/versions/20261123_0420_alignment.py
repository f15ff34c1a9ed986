"""Alignment facts as they were measured.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


revision = '20261123_0420'
down_revision = '20261123_0418'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('alignment_measures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('measured_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('today', sa.Date(), nullable=False),
    sa.Column('snapshot', sa.String(), nullable=False),
    sa.Column('survey_id', sa.Uuid(), nullable=True),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_alignment_measures_survey_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alignment_measures'))
    )
    op.create_index(op.f('ix_alignment_measures_survey_id'), 'alignment_measures', ['survey_id'], unique=False)


def downgrade() -> None:
    op.drop_table('alignment_measures')
