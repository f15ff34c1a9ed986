"""Reviews of months, what they parked, private notes, and what was frozen when they closed.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '20261123_0733'
down_revision = '20261123_0716'
branch_labels = None
depends_on = None

REFUSE_CHANGE = """
create function refuse_change_of_snapshots() returns trigger language plpgsql as $$
begin
    raise exception 'what a closed review showed never changes' using errcode = 'restrict_violation';
end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('reviews',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('preparing', 'in_session', 'closed', name='reviewstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('chair_id', sa.Uuid(), nullable=True),
    sa.Column('meets_on', sa.Date(), nullable=True),
    sa.Column('attendance', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['chair_id'], ['owners.id'], name=op.f('fk_reviews_chair_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews'))
    )
    op.create_index(op.f('ix_reviews_chair_id'), 'reviews', ['chair_id'], unique=False)
    op.create_index('uq_reviews_code', 'reviews', [sa.literal_column('lower(code)')], unique=True)
    op.create_table('parked_items',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('open', 'taken_up', 'dropped', name='parkedstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['owners.id'], name=op.f('fk_parked_items_by_id')),
    sa.ForeignKeyConstraint(['review_id'], ['reviews.id'], name=op.f('fk_parked_items_review_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parked_items'))
    )
    op.create_index(op.f('ix_parked_items_by_id'), 'parked_items', ['by_id'], unique=False)
    op.create_index(op.f('ix_parked_items_review_id'), 'parked_items', ['review_id'], unique=False)
    op.create_index('uq_parked_items_code', 'parked_items', [sa.literal_column('lower(code)')], unique=True)
    op.create_table('review_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_review_notes_owner_id')),
    sa.ForeignKeyConstraint(['review_id'], ['reviews.id'], name=op.f('fk_review_notes_review_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_notes')),
    sa.UniqueConstraint('review_id', 'owner_id', name=op.f('uq_review_notes_review_id_owner_id'))
    )
    op.create_index(op.f('ix_review_notes_owner_id'), 'review_notes', ['owner_id'], unique=False)
    op.create_table('review_snapshots',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('schema_version', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('closed_by', sa.String(), nullable=False),
    sa.Column('closed_by_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['review_id'], ['reviews.id'], name=op.f('fk_review_snapshots_review_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_snapshots')),
    sa.UniqueConstraint('review_id', 'revision', name=op.f('uq_review_snapshots_review_id_revision'))
    )
    op.create_table('review_stages',
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('presenter_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['presenter_id'], ['owners.id'], name=op.f('fk_review_stages_presenter_id')),
    sa.ForeignKeyConstraint(['review_id'], ['reviews.id'], name=op.f('fk_review_stages_review_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('review_id', name=op.f('pk_review_stages'))
    )
    op.create_index(op.f('ix_review_stages_presenter_id'), 'review_stages', ['presenter_id'], unique=False)
    op.execute(REFUSE_CHANGE)
    op.execute(
        "create trigger review_snapshots_are_append_only before update or delete or truncate on review_snapshots "
        "for each statement execute function refuse_change_of_snapshots()"
    )


def downgrade() -> None:
    op.drop_table('review_stages')
    op.drop_table('review_snapshots')
    op.drop_table('review_notes')
    op.drop_table('parked_items')
    op.drop_table('reviews')
    op.execute("drop function refuse_change_of_snapshots()")
