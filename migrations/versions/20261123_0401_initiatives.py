"""Initiatives, who takes part and what they are for; the database keeps their baselines and due dates for ever.

Must suit the program version that is still running: it knows no initiatives, and nodes of no such kind.
"""
from alembic import op
import sqlalchemy as sa

revision = '20261123_0401'
down_revision = '20261123_0345'
branch_labels = None
depends_on = None

KINDS = "'theme', 'goal', 'objective'"
STATES = ('draft', 'active', 'paused', 'finished', 'cancelled')

KEEP_BASELINE = """
create function keep_due_baseline() returns trigger language plpgsql as $$
begin
    if old.due_baseline is not null and (tg_op = 'DELETE' or new.due_baseline is distinct from old.due_baseline) then
        raise exception 'a baseline is kept for ever' using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$
"""
REFUSE_CHANGE = """
create function refuse_change_of_due_dates() returns trigger language plpgsql as $$
begin
    raise exception 'due dates are only ever added' using errcode = 'restrict_violation';
end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.execute("alter table nodes drop constraint ck_nodes_nodekind")
    op.execute(f"alter table nodes add constraint ck_nodes_nodekind check (kind in ({KINDS}, 'initiative'))")
    op.create_table('initiatives',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=True),
    sa.Column('status', sa.Enum(*STATES, name='initiativestatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('progress', sa.Numeric(), nullable=False),
    sa.Column('action_learning', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('due_baseline', sa.Date(), nullable=True),
    sa.Column('finished_on', sa.Date(), nullable=True),
    sa.Column('cancelled_on', sa.Date(), nullable=True),
    sa.Column('cancelled_reason', sa.String(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status = 'draft' or due_baseline is not null and due_on is not null", name=op.f('ck_initiatives_begun_with_a_baseline')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_initiatives_department_id')),
    sa.ForeignKeyConstraint(['id'], ['nodes.id'], name=op.f('fk_initiatives_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_initiatives_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_initiatives'))
    )
    op.create_index(op.f('ix_initiatives_department_id'), 'initiatives', ['department_id'], unique=False)
    op.create_index(op.f('ix_initiatives_due_baseline'), 'initiatives', ['due_baseline'], unique=False)
    op.create_index(op.f('ix_initiatives_owner_id'), 'initiatives', ['owner_id'], unique=False)
    op.create_table('initiative_departments',
    sa.Column('initiative_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_initiative_departments_department_id')),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiatives.id'], name=op.f('fk_initiative_departments_initiative_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('initiative_id', 'department_id', name=op.f('pk_initiative_departments'))
    )
    op.create_index(op.f('ix_initiative_departments_department_id'), 'initiative_departments', ['department_id'], unique=False)
    op.create_table('initiative_supports',
    sa.Column('initiative_id', sa.Uuid(), nullable=False),
    sa.Column('node_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiatives.id'], name=op.f('fk_initiative_supports_initiative_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['node_id'], ['nodes.id'], name=op.f('fk_initiative_supports_node_id')),
    sa.PrimaryKeyConstraint('initiative_id', 'node_id', name=op.f('pk_initiative_supports'))
    )
    op.create_index(op.f('ix_initiative_supports_node_id'), 'initiative_supports', ['node_id'], unique=False)
    op.create_table('initiative_dates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('initiative_id', sa.Uuid(), nullable=False),
    sa.Column('due_before', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['initiative_id'], ['initiatives.id'], name=op.f('fk_initiative_dates_initiative_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_initiative_dates'))
    )
    op.create_index(op.f('ix_initiative_dates_initiative_id'), 'initiative_dates', ['initiative_id'], unique=False)
    op.execute(KEEP_BASELINE)
    op.execute(
        "create trigger baselines_are_kept before update of due_baseline or delete on initiatives "
        "for each row execute function keep_due_baseline()"
    )
    op.execute(REFUSE_CHANGE)
    op.execute(
        "create trigger due_dates_are_append_only before update or delete or truncate on initiative_dates "
        "for each statement execute function refuse_change_of_due_dates()"
    )


def downgrade() -> None:
    op.drop_table('initiative_dates')
    op.drop_table('initiative_supports')
    op.drop_table('initiative_departments')
    op.drop_table('initiatives')
    op.execute("drop function refuse_change_of_due_dates()")
    op.execute("drop function keep_due_baseline()")
    op.execute("delete from nodes where kind = 'initiative'")
    op.execute("alter table nodes drop constraint ck_nodes_nodekind")
    op.execute(f"alter table nodes add constraint ck_nodes_nodekind check (kind in ({KINDS}))")
