"""A score may be withheld: shown beside the others it would tell of a smaller group.

Must suit the program version that is still running: it shows every score, and writes without the new column.
"""
from alembic import op
import sqlalchemy as sa

revision = '20261123_0440'
down_revision = '20261123_0421'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column('engagement_scores', sa.Column('withheld', sa.Boolean(), server_default=sa.text('false'), nullable=False))


def downgrade() -> None:
    op.drop_column('engagement_scores', 'withheld')
