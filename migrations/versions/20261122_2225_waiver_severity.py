"""Waivers know how severe their finding was: a warning that becomes an error is open again.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa

revision = '20261122_2225'
down_revision = '20261122_2136'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    # The version that is still running writes waivers without it; those hold whatever becomes of the finding.
    op.add_column('waivers', sa.Column('severity', sa.Enum('error', 'warning', 'info', name='severity', native_enum=False, create_constraint=True, length=40), server_default='error', nullable=False))
    op.execute("""
        update waivers w set severity = f.severity
        from (select distinct on (fingerprint) fingerprint, severity from linkage_findings
              order by fingerprint, opened_at desc) f
        where f.fingerprint = w.fingerprint
    """)


def downgrade() -> None:
    op.drop_column('waivers', 'severity')
