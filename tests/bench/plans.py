"""A whole plan around a goal graph: a theme, owners, titles of chance words, a KPI for each objective."""

from itertools import product
from typing import Any

import numpy as np

from tests.bench.graphs import Drawn

OBJECTIVES_AN_OWNER = 5
WORDS_A_TITLE = 7
_WORDS = ["".join(parts) for parts in product("bdfgklmnprst", "aeiou", "vzlmnrstdfgp", "aeiou")]
_THEME = "01980000-0000-7000-8000-000000000001"

_TITLES = "create temporary table titles (code text, title text)"
# Every owner sits in the department of the objectives. Keys to other tables are taken on trust.
_DRESS = """
set session_replication_role = replica;
set synchronous_commit = off;
set work_mem = '256MB';
insert into nodes (id, kind, code) values ('{theme}', 'theme', 'THEME-1');
insert into themes (id, code, name, version) values ('{theme}', 'THEME-1', 'The one theme', 1);
create temporary table numbered as
select o.id, o.code, department_id, gen_random_uuid() as kpi_id,
       row_number() over (partition by department_id order by o.id) / {each} as team
from objectives o;
create temporary table people as
select gen_random_uuid() as id, department_id, team from numbered group by department_id, team;
insert into owners (id, email, name, active, department_id, version)
select id, id || '@coxswain.test', 'Person ' || team, true, department_id, 1 from people;
update goals g set theme_id = '{theme}', title = t.title,
                   owner_id = (select id from people order by id offset hashtext(g.code) & 15 limit 1)
from titles t where t.code = g.code;
create temporary table measures as
select n.id, n.code, n.department_id, n.kpi_id, p.id as owner_id
from numbered n join people p using (department_id, team);
update objectives o set owner_id = m.owner_id, ends_on = current_date + 365, title = t.title
from measures m join titles t on t.code = m.code where m.id = o.id;
insert into kpis (id, code, name, unit, direction, cadence, grace_days, aggregation, kind, source, active,
                  built_in, owner_id, department_id, baseline, version)
select kpi_id, 'KPI-' || code, 'Measure of ' || code, 'percent', 'higher', 'monthly', 10, 'mean', 'numeric',
       'manual', true, false, owner_id, department_id, 70, 1
from measures;
insert into kpi_measures (kpi_id, node_id) select kpi_id, id from measures;
insert into kpi_departments (kpi_id, department_id) select kpi_id, department_id from measures;
insert into targets (id, kpi_id, first_period, first_day, target, amber, red, version)
select gen_random_uuid(), kpi_id, '2026-01', '2026-01-01', 90, 85, 75, 1 from measures;
insert into measurements (id, kpi_id, department_id, period, first_day, last_day, revision, value,
                          not_applicable, withdrawn, suppressed, source, status, status_reason)
select gen_random_uuid(), kpi_id, department_id, to_char(month, 'YYYY-MM'), month,
       month + interval '1 month - 1 day', 1, 88, false, false, false, 'manual', 'amber',
       'Between amber and target.'
from measures, date_trunc('month', now() - interval '1 month') month;
set session_replication_role = origin
"""


async def dress_database(connection: Any, drawn: Drawn) -> None:
    """Adds everything that the other rules look at to a filled graph."""
    chosen = np.random.default_rng(11).integers(0, len(_WORDS), (drawn.size, WORDS_A_TITLE)).tolist()
    titles = [(f"NODE-{place}", " ".join(_WORDS[word] for word in row)) for place, row in enumerate(chosen)]
    await connection.execute(_TITLES)
    await connection.copy_records_to_table("titles", records=titles)
    for statement in _DRESS.format(theme=_THEME, each=OBJECTIVES_AN_OWNER).split(";"):
        await connection.execute(statement)
    await connection.execute("vacuum analyze")
