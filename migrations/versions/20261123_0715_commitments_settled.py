"""Commitments: who asks after one, what it is about, what became of it, and every due date it was given.

Must suit the program version that is still running: it writes neither the day of making nor the first due
date, which the database therefore fills in.
"""
from alembic import op
import sqlalchemy as sa


revision = '20261123_0715'
down_revision = '20261123_0530'
branch_labels = None
depends_on = None

STATES = "'open', 'kept', 'partly', 'missed', 'dropped'"
REFERENCES = {'partner_id': 'owners', 'goal_id': 'nodes', 'decision_id': 'decisions'}
FILL_BASELINE = """
create function fill_due_baseline() returns trigger language plpgsql as $$
begin
    new.due_baseline := coalesce(new.due_baseline, new.due_on);
    return new;
end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.execute("alter table commitments drop constraint ck_commitments_commitmentstatus")
    op.execute(f"alter table commitments add constraint ck_commitments_commitmentstatus check (status in ({STATES}))")
    for name, table in REFERENCES.items():
        op.add_column('commitments', sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f'fk_commitments_{name}'), 'commitments', table, [name], ['id'])
        op.create_index(op.f(f'ix_commitments_{name}'), 'commitments', [name], unique=False)
    op.add_column('commitments', sa.Column('finding', sa.String(), nullable=True))
    op.create_index(op.f('ix_commitments_finding'), 'commitments', ['finding'], unique=False)
    op.add_column('commitments', sa.Column('made_on', sa.Date(), nullable=True))
    op.add_column('commitments', sa.Column('due_baseline', sa.Date(), nullable=True))
    op.add_column('commitments', sa.Column('settled_on', sa.Date(), nullable=True))
    op.add_column('commitments', sa.Column('said', sa.String(), nullable=True))
    op.add_column('commitments', sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("update commitments set made_on = cast(created_at as date), due_baseline = due_on")
    op.alter_column('commitments', 'made_on', nullable=False, server_default=sa.text('current_date'))
    op.alter_column('commitments', 'due_baseline', nullable=False)
    op.create_table('commitment_dates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('commitment_id', sa.Uuid(), nullable=False),
    sa.Column('due_before', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('moved_on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitments.id'], name=op.f('fk_commitment_dates_commitment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment_dates'))
    )
    op.create_index(op.f('ix_commitment_dates_commitment_id'), 'commitment_dates', ['commitment_id'], unique=False)
    op.execute(FILL_BASELINE)
    op.execute(
        "create trigger first_due_dates before insert on commitments "
        "for each row execute function fill_due_baseline()"
    )
    op.execute(
        "create trigger baselines_are_kept before update of due_baseline or delete on commitments "
        "for each row execute function keep_due_baseline()"
    )
    op.execute(
        "create trigger due_dates_are_append_only before update or delete or truncate on commitment_dates "
        "for each statement execute function refuse_change_of_due_dates()"
    )


def downgrade() -> None:
    op.drop_table('commitment_dates')
    op.execute("drop trigger baselines_are_kept on commitments")
    op.execute("drop trigger first_due_dates on commitments")
    op.execute("drop function fill_due_baseline()")
    for name in ('settled_at', 'said', 'settled_on', 'due_baseline', 'made_on'):
        op.drop_column('commitments', name)
    op.drop_index(op.f('ix_commitments_finding'), table_name='commitments')
    op.drop_column('commitments', 'finding')
    for name in reversed(REFERENCES):
        op.drop_index(op.f(f'ix_commitments_{name}'), table_name='commitments')
        op.drop_constraint(op.f(f'fk_commitments_{name}'), 'commitments', type_='foreignkey')
        op.drop_column('commitments', name)
    op.execute("alter table commitments drop constraint ck_commitments_commitmentstatus")
    op.execute("update commitments set archived_at = coalesce(archived_at, now()), status = 'open' where status <> 'open'")
    op.execute("alter table commitments add constraint ck_commitments_commitmentstatus check (status = 'open')")
