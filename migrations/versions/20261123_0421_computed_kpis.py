"""What computed values say of themselves, figures by leadership level, and what was computed when.

Must suit the program version that is still running: it writes measurements without the new columns.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '20261123_0421'
down_revision = '20261123_0420'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column('measurements', sa.Column('explanation', sa.String(), nullable=True))
    op.add_column('measurements', sa.Column('seconds', postgresql.JSONB(none_as_null=True), nullable=True))
    op.create_table(
        'level_figures',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kpi_id', sa.Uuid(), nullable=False),
        sa.Column('level', sa.Enum('executive', 'senior', 'middle', 'frontline', name='level', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('period', sa.String(), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('value', sa.Numeric(), nullable=True),
        sa.Column('numerator', sa.Numeric(), nullable=True),
        sa.Column('denominator', sa.Numeric(), nullable=True),
        sa.Column('n', sa.BigInteger(), nullable=True),
        sa.Column('interval_low', sa.Numeric(), nullable=True),
        sa.Column('interval_high', sa.Numeric(), nullable=True),
        sa.Column('explanation', sa.String(), nullable=False),
        sa.Column('seconds', postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column('computed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['kpi_id'], ['kpis.id'], name=op.f('fk_level_figures_kpi_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_level_figures')),
        sa.UniqueConstraint('kpi_id', 'level', 'period', name=op.f('uq_level_figures_kpi_id_level_period')),
    )
    op.create_table(
        'kpi_computations',
        sa.Column('the_only', sa.Boolean(), nullable=False),
        sa.Column('computed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('today', sa.Date(), nullable=False),
        sa.Column('snapshot', sa.String(), nullable=False),
        sa.Column('pairs', sa.Integer(), nullable=False),
        sa.Column('written', sa.Integer(), nullable=False),
        sa.CheckConstraint('the_only', name=op.f('ck_kpi_computations_one_row')),
        sa.PrimaryKeyConstraint('the_only', name=op.f('pk_kpi_computations')),
    )


def downgrade() -> None:
    op.drop_table('kpi_computations')
    op.drop_table('level_figures')
    op.drop_column('measurements', 'seconds')
    op.drop_column('measurements', 'explanation')
