"""Dependencies start at initiatives, too, and are answered; a cancelled initiative names the decision.

Must suit the program version that is still running: it asks for dependencies without a state, and reads the
links of objectives only.
"""
from alembic import op
import sqlalchemy as sa

revision = '20261123_0418'
down_revision = '20261123_0415'
branch_labels = None
depends_on = None

STATES = ('requested', 'accepted', 'declined', 'delivered')
DAYS = ('requested_on', 'answered_on', 'delivered_on')


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.drop_constraint('fk_links_source_id', 'links', type_='foreignkey')
    op.create_foreign_key('fk_links_source_id', 'links', 'nodes', ['source_id'], ['id'])
    op.add_column('links', sa.Column('state', sa.Enum(*STATES, name='dependencystate', native_enum=False, create_constraint=True, length=40), nullable=True))
    for day in DAYS:
        op.add_column('links', sa.Column(day, sa.Date(), nullable=True))
    op.add_column('links', sa.Column('answered_by', sa.String(), nullable=True))
    op.add_column('links', sa.Column('decline_reason', sa.String(), nullable=True))
    op.execute("update links set state = 'requested', requested_on = created_at::date where type = 'depends_on'")
    op.add_column('initiatives', sa.Column('cancelled_by_id', sa.Uuid(), nullable=True))
    op.create_foreign_key('fk_initiatives_cancelled_by_id', 'initiatives', 'decisions', ['cancelled_by_id'], ['id'])
    op.create_index(op.f('ix_initiatives_cancelled_by_id'), 'initiatives', ['cancelled_by_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_initiatives_cancelled_by_id'), table_name='initiatives')
    op.drop_column('initiatives', 'cancelled_by_id')
    for column in ('decline_reason', 'answered_by', *DAYS, 'state'):
        op.drop_column('links', column)
    op.execute("delete from links where source_id not in (select id from objectives)")
    op.drop_constraint('fk_links_source_id', 'links', type_='foreignkey')
    op.create_foreign_key('fk_links_source_id', 'links', 'objectives', ['source_id'], ['id'])
