"""Partnerships and their talks: two leaders of different departments who talk regularly.

Must suit the program version that is still running: it knows neither table.
"""
from alembic import op
import sqlalchemy as sa

revision = '20261123_0345'
down_revision = '20261123_0343'
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


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table(
        'partnerships',
        *_record(),
        sa.Column('about', sa.String(), nullable=False),
        sa.Column('cadence', sa.Enum('weekly', 'monthly', 'quarterly', 'yearly', name='cadence', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('next_on', sa.Date(), nullable=True),
        sa.Column('a_id', sa.Uuid(), nullable=False),
        sa.Column('b_id', sa.Uuid(), nullable=False),
        sa.Column('department_id', sa.Uuid(), nullable=False),
        sa.Column('other_department_id', sa.Uuid(), nullable=False),
        sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['a_id'], ['owners.id'], name=op.f('fk_partnerships_a_id')),
        sa.ForeignKeyConstraint(['b_id'], ['owners.id'], name=op.f('fk_partnerships_b_id')),
        sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_partnerships_department_id')),
        sa.ForeignKeyConstraint(['other_department_id'], ['departments.id'], name=op.f('fk_partnerships_other_department_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_partnerships')),
    )
    op.create_index('uq_partnerships_code', 'partnerships', [sa.text('lower(code)')], unique=True)
    op.create_index('uq_partnerships_pair', 'partnerships', [sa.text('least(a_id, b_id)'), sa.text('greatest(a_id, b_id)')], unique=True, postgresql_where=sa.text('archived_at is null'))
    for column in ('a_id', 'b_id', 'department_id', 'other_department_id'):
        op.create_index(op.f(f'ix_partnerships_{column}'), 'partnerships', [column], unique=False)
    op.create_table(
        'talks',
        *_record(),
        sa.Column('partnership_id', sa.Uuid(), nullable=False),
        sa.Column('department_id', sa.Uuid(), nullable=False),
        sa.Column('other_department_id', sa.Uuid(), nullable=False),
        sa.Column('planned_on', sa.Date(), nullable=False),
        sa.Column('state', sa.Enum('planned', 'held', 'skipped', name='talkstate', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=True),
        sa.Column('note', sa.String(), nullable=True),
        sa.ForeignKeyConstraint(['partnership_id'], ['partnerships.id'], name=op.f('fk_talks_partnership_id')),
        sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_talks_department_id')),
        sa.ForeignKeyConstraint(['other_department_id'], ['departments.id'], name=op.f('fk_talks_other_department_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_talks')),
    )
    op.create_index('uq_talks_code', 'talks', [sa.text('lower(code)')], unique=True)
    for column in ('partnership_id', 'department_id', 'other_department_id', 'planned_on'):
        op.create_index(op.f(f'ix_talks_{column}'), 'talks', [column], unique=False)


def downgrade() -> None:
    op.drop_table('talks')
    op.drop_table('partnerships')
