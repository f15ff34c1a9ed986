"""The linkage checker: its checks, findings and waivers.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '20261122_2136'
down_revision = '20261122_1800'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('linkage_checks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('today', sa.Date(), nullable=False),
    sa.Column('snapshot', sa.String(), nullable=False),
    sa.Column('tally', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('skipped', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_linkage_checks'))
    )
    op.create_table('linkage_findings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('part', sa.Enum('structure', 'ownership', 'measures', 'time', 'coverage', name='group', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('severity', sa.Enum('error', 'warning', 'info', name='severity', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('objects', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('message', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('fix', sa.String(), nullable=False),
    sa.Column('department_ids', sa.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('named_ids', sa.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('draft', sa.Boolean(), nullable=False),
    sa.Column('first_seen', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_seen', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_linkage_findings'))
    )
    op.create_index('ix_linkage_findings_closed_at', 'linkage_findings', ['closed_at'], unique=False)
    op.create_index('ix_linkage_findings_history', 'linkage_findings', ['fingerprint', 'opened_at'], unique=False)
    op.create_index('uq_linkage_findings_fingerprint', 'linkage_findings', ['fingerprint'], unique=True, postgresql_where=sa.text('closed_at is null'))
    op.create_table('waivers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('department_ids', sa.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('named_ids', sa.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('draft', sa.Boolean(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waivers'))
    )
    op.create_index('uq_waivers_fingerprint', 'waivers', ['fingerprint'], unique=True, postgresql_where=sa.text('archived_at is null'))


def downgrade() -> None:
    op.drop_index('uq_waivers_fingerprint', table_name='waivers', postgresql_where=sa.text('archived_at is null'))
    op.drop_table('waivers')
    op.drop_index('uq_linkage_findings_fingerprint', table_name='linkage_findings', postgresql_where=sa.text('closed_at is null'))
    op.drop_index('ix_linkage_findings_history', table_name='linkage_findings')
    op.drop_index('ix_linkage_findings_closed_at', table_name='linkage_findings')
    op.drop_table('linkage_findings')
    op.drop_table('linkage_checks')
