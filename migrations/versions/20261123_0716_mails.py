"""Mails to people: an outbox, the days whose digests are written, and who does not want one.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_0716'
down_revision = '20261123_0715'
branch_labels = None
depends_on = None

KINDS = ('digest', 'review_opened', 'review_summary')
STATES = ('waiting', 'sent', 'failed', 'kept')


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    now = sa.text('now()')
    op.create_table(
        'mails',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('address', sa.String(), nullable=True),
        sa.Column('kind', sa.Enum(*KINDS, name='mailkind', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('body', sa.String(), nullable=False),
        sa.Column('dedupe_key', sa.String(), nullable=False),
        sa.Column('state', sa.Enum(*STATES, name='mailstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('last_error', sa.String(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_mails_owner_id_owners')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
        sa.UniqueConstraint('dedupe_key', name=op.f('uq_mails_dedupe_key')),
    )
    op.create_index(op.f('ix_mails_owner_id'), 'mails', ['owner_id'])
    op.create_index('ix_mails_created_at', 'mails', ['created_at'])
    op.create_index('ix_mails_waiting', 'mails', ['due_at'], postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        'digest_days',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('written_at', sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column('mails', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_digest_days')),
    )
    op.create_table(
        'without_digest',
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_without_digest_owner_id_owners')),
        sa.PrimaryKeyConstraint('owner_id', name=op.f('pk_without_digest')),
    )


def downgrade() -> None:
    op.drop_table('without_digest')
    op.drop_table('digest_days')
    op.drop_table('mails')
