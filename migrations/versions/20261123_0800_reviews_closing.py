"""Why a review was closed although points of its checklist were open.

Must suit the program version that is still running: expand first, contract in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = '20261123_0800'
down_revision = '20261123_0750'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.add_column("reviews", sa.Column("despite", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("reviews", "despite")
