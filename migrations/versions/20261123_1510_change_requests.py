"""Change requests: asking for another value of a period that a closed review locks.

Must suit the program version that is still running: it does not know them.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_1510'
down_revision = '20261123_1500'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('change_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kpi_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.Numeric(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('open', 'accepted', 'declined', 'withdrawn', name='requeststate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answered_by', sa.String(), nullable=True),
    sa.Column('answer', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by_id'], ['owners.id'], name=op.f('fk_change_requests_asked_by_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_change_requests_department_id')),
    sa.ForeignKeyConstraint(['kpi_id'], ['kpis.id'], name=op.f('fk_change_requests_kpi_id')),
    sa.ForeignKeyConstraint(['review_id'], ['reviews.id'], name=op.f('fk_change_requests_review_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_requests'))
    )
    op.create_index(op.f('ix_change_requests_asked_by_id'), 'change_requests', ['asked_by_id'], unique=False)
    op.create_index(op.f('ix_change_requests_department_id'), 'change_requests', ['department_id'], unique=False)
    op.create_index(op.f('ix_change_requests_review_id'), 'change_requests', ['review_id'], unique=False)
    op.create_index('ix_change_requests_place', 'change_requests', ['kpi_id', 'department_id', 'period'], unique=False)
    op.create_index('uq_change_requests_code', 'change_requests', [sa.literal_column('lower(code)')], unique=True)
    op.create_index('uq_change_requests_open', 'change_requests', ['kpi_id', 'department_id', 'period'], unique=True, postgresql_where=sa.text("state = 'open'"), postgresql_nulls_not_distinct=True)


def downgrade() -> None:
    op.drop_table('change_requests')
