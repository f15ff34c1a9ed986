"""Values say whether they are a signal: a word of its own, with its check. Stored ones get theirs with the next value.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa

revision = '20261123_0040'
down_revision = '20261123_0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    # The version that is still running writes nothing here.
    op.alter_column('measurements', 'signal', type_=sa.String(length=40), existing_type=sa.String())
    op.create_check_constraint('variation', 'measurements', "signal in ('signal', 'routine')")


def downgrade() -> None:
    op.drop_constraint('variation', 'measurements', type_='check')
    op.alter_column('measurements', 'signal', type_=sa.String(), existing_type=sa.String(length=40))
