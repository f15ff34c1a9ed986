"""Rituals, what became of their occurrences, votes and verdicts, and private addresses of calendars.

Must suit the program version that is still running: it knows none of these tables.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '20261123_0743'
down_revision = '20261123_0733'
branch_labels = None
depends_on = None


def _record() -> list[sa.Column]:
    return [
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(), nullable=False),
    ]


def _list(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def _words(name: str, kind: str, *values: str) -> sa.Column:
    return sa.Column(name, sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=40), nullable=False)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table(
        'rituals',
        *_record(),
        sa.Column('name', sa.String(), nullable=False),
        _words('kind', 'ritualkind', 'monthly_review', 'quarterly_offsite', 'cross_level_forum', 'alignment_session', 'accountability_pair', 'informal'),
        sa.Column('purpose', sa.String(), nullable=True),
        sa.Column('location', sa.String(), nullable=True),
        sa.Column('starts_at', sa.DateTime(timezone=False), nullable=False),
        sa.Column('duration_minutes', sa.Integer(), nullable=False),
        sa.Column('rrule', sa.String(), nullable=False),
        sa.Column('host_id', sa.Uuid(), nullable=False),
        _list('objectives'),
        _list('invited'),
        _list('departments'),
        _list('levels'),
        sa.Column('ruled_from', sa.Date(), nullable=False),
        sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['host_id'], ['owners.id'], name=op.f('fk_rituals_host_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rituals')),
    )
    op.create_index('uq_rituals_code', 'rituals', [sa.text('lower(code)')], unique=True)
    op.create_index(op.f('ix_rituals_host_id'), 'rituals', ['host_id'], unique=False)
    op.create_table(
        'ritual_occurrences',
        *_record(),
        sa.Column('ritual_id', sa.Uuid(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        _words('state', 'occurrencestate', 'planned', 'kept', 'skipped'),
        sa.Column('moved_to', sa.DateTime(timezone=False), nullable=True),
        sa.Column('reason', sa.String(), nullable=True),
        _list('attended'),
        sa.Column('headcount', sa.Integer(), nullable=True),
        sa.Column('note', sa.String(), nullable=True),
        _list('outcomes'),
        sa.Column('settled_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['ritual_id'], ['rituals.id'], name=op.f('fk_ritual_occurrences_ritual_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ritual_occurrences')),
        sa.UniqueConstraint('ritual_id', 'day', name=op.f('uq_ritual_occurrences_ritual_id_day')),
    )
    op.create_index(op.f('ix_ritual_occurrences_day'), 'ritual_occurrences', ['day'], unique=False)
    op.create_table(
        'ritual_votes',
        sa.Column('occurrence_id', sa.Uuid(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['occurrence_id'], ['ritual_occurrences.id'], name=op.f('fk_ritual_votes_occurrence_id')),
        sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_ritual_votes_owner_id')),
        sa.PrimaryKeyConstraint('occurrence_id', 'owner_id', name=op.f('pk_ritual_votes')),
    )
    op.create_table(
        'ritual_verdicts',
        *_record(),
        sa.Column('ritual_id', sa.Uuid(), nullable=False),
        sa.Column('quarter', sa.String(), nullable=False),
        _words('verdict', 'verdict', 'keep', 'change', 'stop'),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('decided_by', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['ritual_id'], ['rituals.id'], name=op.f('fk_ritual_verdicts_ritual_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ritual_verdicts')),
        sa.UniqueConstraint('ritual_id', 'quarter', name=op.f('uq_ritual_verdicts_ritual_id_quarter')),
    )
    op.create_table(
        'calendar_addresses',
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('token_hash', sa.LargeBinary(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_calendar_addresses_owner_id')),
        sa.PrimaryKeyConstraint('owner_id', name=op.f('pk_calendar_addresses')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_addresses_token_hash')),
    )


def downgrade() -> None:
    op.drop_table('calendar_addresses')
    op.drop_table('ritual_verdicts')
    op.drop_table('ritual_votes')
    op.drop_table('ritual_occurrences')
    op.drop_table('rituals')
