"""Findings and waivers keep the departments they are about; those above follow from the tree when one asks.

Must suit the program version that is still running: it finds a finding at its own departments, and at those
above again after its next check.
"""
from alembic import op

revision = '20261123_0105'
down_revision = '20261123_0040'
branch_labels = None
depends_on = None

_OWN = """
update linkage_findings set department_ids = array(
    select distinct cast(o ->> 'department' as uuid)
    from jsonb_array_elements(objects) o where o ->> 'department' is not null order by 1)
"""
_FOLLOW = """
update waivers w set department_ids = f.department_ids
from (select distinct on (fingerprint) fingerprint, department_ids
      from linkage_findings order by fingerprint, opened_at desc) f
where f.fingerprint = w.fingerprint
"""
_ADD_ABOVE = """
update {table} t set department_ids = array(
    with recursive up (id) as (
        select unnest(t.department_ids)
        union
        select d.parent_id from departments d join up on d.id = up.id where d.parent_id is not null)
    select id from up order by id)
where cardinality(t.department_ids) > 0
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.execute(_OWN)
    op.execute(_FOLLOW)


def downgrade() -> None:
    for table in ('linkage_findings', 'waivers'):
        op.execute(_ADD_ABOVE.format(table=table))
