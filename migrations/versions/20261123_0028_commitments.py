"""Commitments and peer notes: what people promise, and what departments want their peers to know.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_0028'
down_revision = '20261122_2235'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('commitments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('kpi_id', sa.Uuid(), nullable=True),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('status', sa.Enum('open', name='commitmentstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_commitments_department_id')),
    sa.ForeignKeyConstraint(['kpi_id'], ['kpis.id'], name=op.f('fk_commitments_kpi_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_commitments_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitments'))
    )
    op.create_index('uq_commitments_code', 'commitments', [sa.text('lower(code)')], unique=True)
    op.create_index(op.f('ix_commitments_department_id'), 'commitments', ['department_id'], unique=False)
    op.create_index(op.f('ix_commitments_kpi_id'), 'commitments', ['kpi_id'], unique=False)
    op.create_index(op.f('ix_commitments_owner_id'), 'commitments', ['owner_id'], unique=False)
    op.create_table('peer_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('challenge', sa.String(), nullable=True),
    sa.Column('ask', sa.String(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_peer_notes_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_peer_notes'))
    )
    op.create_index('uq_peer_notes_department_id_period', 'peer_notes', ['department_id', 'period'], unique=True, postgresql_where=sa.text('archived_at is null'))


def downgrade() -> None:
    op.drop_index('uq_peer_notes_department_id_period', table_name='peer_notes')
    op.drop_table('peer_notes')
    op.drop_index(op.f('ix_commitments_owner_id'), table_name='commitments')
    op.drop_index(op.f('ix_commitments_kpi_id'), table_name='commitments')
    op.drop_index(op.f('ix_commitments_department_id'), table_name='commitments')
    op.drop_index('uq_commitments_code', table_name='commitments')
    op.drop_table('commitments')
