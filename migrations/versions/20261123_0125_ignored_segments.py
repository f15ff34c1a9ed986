"""A segment that is no department of ours is ignored: out of the inbox, and its scores feed nothing.

Must suit the program version that is still running: it shows ignored segments in its inbox.
"""
from alembic import op
import sqlalchemy as sa

revision = '20261123_0125'
down_revision = '20261123_0105'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column('engagement_segments', sa.Column('ignored_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('engagement_segments', 'ignored_at')
