"""The first schema, the one organization row, the alignment KPIs, and events that nobody can change."""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = '20261122_1800'
down_revision = None
branch_labels = None
depends_on = None


class FullTransactionId(UserDefinedType):
    """PostgreSQL's xid8."""

    cache_ok = True

    def get_col_spec(self, **_):
        return "xid8"


ALIGNMENT_KPIS = [
    # code, name, unit, direction, aggregation, source, metric, feed, description
    ("ON-TIME", "Initiatives on time", "percent", "higher", "ratio_of_sums", "computed", "initiatives_on_time", None,
     "Initiatives finished by their baseline date, of all that were due in the period."),
    ("DECISION-SPEED", "Decision speed", "days", "lower", "none", "computed", "decision_speed", None,
     "Median days from raised to decided, of decisions that touch two departments or more; open ones count as open."),
    ("DECISION-QUALITY", "Decision quality", "score", "higher", "mean", "computed", "decision_quality", None,
     "Mean rating of the outcome at the review date, 1 to 5."),
    ("COMMUNICATION", "Communication", "percent", "higher", "mean", "computed", "message_understood", None,
     "Share of people who name the intended message, averaged over departments."),
    ("COMMUNICATION-CONSISTENCY", "Consistency of communication", "score", "higher", "none", "computed",
     "message_consistency", None, "How equally the message landed in all departments: 100 is equally everywhere."),
    ("CULTURE", "Values lived", "score", "higher", "mean", "computed", "behaviour_level", None,
     "Mean rating of observable behaviours."),
    ("CULTURE-UNIFORMITY", "Cultural uniformity", "score", "higher", "none", "computed", "behaviour_uniformity", None,
     "How equally teams rate the behaviours: 100 is equally everywhere. Uniformly bad is not good."),
    ("COLLABORATION", "Cross-functional collaboration", "percent", "higher", "ratio_of_sums", "computed",
     "cross_functional", None, "Share of initiatives that two departments or more carry together."),
    ("ENGAGEMENT", "Employee engagement", "score", "higher", "mean", "fed", "engagement",
     '{"source": null, "survey": null, "metric": "engagement", "scale": null}',
     "The engagement score of the HR system, in its own scale."),
]
ADD_KPI = sa.text("""
insert into kpis (id, code, name, unit, direction, cadence, grace_days, aggregation, kind, source, metric, feed,
                  description, active, built_in, version)
values (gen_random_uuid(), :code, :name, :unit, :direction, 'monthly', 10, :aggregation, 'numeric', :source, :metric,
        cast(:feed as jsonb), :description, true, true, 1)
""")
COLUMNS = ("code", "name", "unit", "direction", "aggregation", "source", "metric", "feed", "description")

REFUSE_CHANGE = """
create function refuse_change_of_events() returns trigger language plpgsql as $$
begin
    raise exception 'events are append-only' using errcode = 'restrict_violation';
end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('allowances',
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('minute', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('actor_id', 'minute', name=op.f('pk_allowances')),
    prefixes=['UNLOGGED']
    )
    op.create_table('departments',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=True),
    sa.Column('location', sa.String(), nullable=True),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('head_id', sa.Uuid(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['departments.id'], name=op.f('fk_departments_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departments')),
    sa.UniqueConstraint('external_id', name=op.f('uq_departments_external_id'))
    )
    op.create_index(op.f('ix_departments_head_id'), 'departments', ['head_id'], unique=False)
    op.create_index(op.f('ix_departments_parent_id'), 'departments', ['parent_id'], unique=False)
    op.create_index('uq_departments_code', 'departments', [sa.literal_column('lower(code)')], unique=True)
    op.create_table('events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('transaction', FullTransactionId(), server_default=sa.text('pg_current_xact_id()'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('actor_kind', sa.String(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('actor_name', sa.String(), nullable=False),
    sa.Column('request_id', sa.String(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('object_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('before', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events'))
    )
    op.create_index('ix_events_object', 'events', ['kind', 'object_id', 'at'], unique=False)
    op.create_index('ix_events_transaction', 'events', ['transaction'], unique=False)
    op.create_table('kept_answers',
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('route', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('body_hash', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('headers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('actor_id', 'route', 'key', name=op.f('pk_kept_answers'))
    )
    op.create_index(op.f('ix_kept_answers_created_at'), 'kept_answers', ['created_at'], unique=False)
    op.create_table('nodes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('theme', 'goal', 'objective', name='nodekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nodes'))
    )
    op.create_index('uq_nodes_code', 'nodes', [sa.literal_column('lower(code)')], unique=True)
    op.create_table('visions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('statement', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=True),
    sa.Column('horizon', sa.String(), nullable=True),
    sa.Column('core_terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visions')),
    sa.UniqueConstraint('number', name=op.f('uq_visions_number'))
    )
    op.create_table('organization',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('mission', sa.String(), nullable=True),
    sa.Column('fiscal_year_start', sa.Integer(), nullable=False),
    sa.Column('minimum_group', sa.Integer(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('vision_id', sa.Uuid(), nullable=True),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('epoch', sa.Uuid(), nullable=False),
    sa.Column('the_only', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['vision_id'], ['visions.id'], name=op.f('fk_organization_vision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization')),
    sa.UniqueConstraint('the_only', name=op.f('uq_organization_the_only'))
    )
    op.create_table('clients',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=True),
    sa.Column('suppresses_small_groups', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('scopes', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_clients_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clients'))
    )
    op.create_index(op.f('ix_clients_department_id'), 'clients', ['department_id'], unique=False)
    op.create_index('uq_clients_name', 'clients', [sa.literal_column('lower(name)')], unique=True)
    op.create_table('engagement_scores',
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('scale_kind', sa.Enum('mean', 'favourability', 'enps', 'index', name='scalekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('scale_min', sa.Numeric(), nullable=False),
    sa.Column('scale_max', sa.Numeric(), nullable=False),
    sa.Column('value', sa.Numeric(), nullable=True),
    sa.Column('suppressed', sa.Boolean(), nullable=False),
    sa.Column('respondents', sa.BigInteger(), nullable=True),
    sa.Column('invited', sa.BigInteger(), nullable=True),
    sa.Column('window_days', sa.Integer(), nullable=True),
    sa.Column('observed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('survey', sa.String(), nullable=False),
    sa.Column('round', sa.String(), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('segment', sa.String(), nullable=True),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_engagement_scores_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engagement_scores'))
    )
    op.create_index('ix_engagement_scores_fed', 'engagement_scores', ['department_id', 'period', 'metric'], unique=False)
    op.create_index('ix_engagement_scores_segment', 'engagement_scores', ['source', 'segment'], unique=False, postgresql_where=sa.text('segment is not null'))
    op.create_index('uq_engagement_scores_natural_key', 'engagement_scores', ['source', 'survey', 'round', 'metric', 'place', 'period'], unique=True)
    op.create_table('engagement_segments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('segment', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('mapped_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_engagement_segments_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engagement_segments')),
    sa.UniqueConstraint('source', 'segment', name=op.f('uq_engagement_segments_source_segment'))
    )
    op.create_index(op.f('ix_engagement_segments_department_id'), 'engagement_segments', ['department_id'], unique=False)
    op.create_table('owners',
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=True),
    sa.Column('level', sa.Enum('executive', 'senior', 'middle', 'frontline', name='level', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('role', sa.Enum('admin', 'executive', 'head', 'contributor', 'viewer', 'facilitator', name='role', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('manager_id', sa.Uuid(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_owners_department_id')),
    sa.ForeignKeyConstraint(['manager_id'], ['owners.id'], name=op.f('fk_owners_manager_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_owners')),
    sa.UniqueConstraint('external_id', name=op.f('uq_owners_external_id'))
    )
    op.create_index(op.f('ix_owners_department_id'), 'owners', ['department_id'], unique=False)
    op.create_index(op.f('ix_owners_manager_id'), 'owners', ['manager_id'], unique=False)
    op.create_index('uq_owners_email', 'owners', [sa.literal_column('lower(email)')], unique=True)
    op.create_table('themes',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=True),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['id'], ['nodes.id'], name=op.f('fk_themes_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_themes'))
    )
    op.create_table('access_keys',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('prefix', sa.String(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('num_nonnulls(client_id, owner_id) = 1', name=op.f('ck_access_keys_one_holder')),
    sa.ForeignKeyConstraint(['client_id'], ['clients.id'], name=op.f('fk_access_keys_client_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_access_keys_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_keys')),
    sa.UniqueConstraint('prefix', name=op.f('uq_access_keys_prefix'))
    )
    op.create_index(op.f('ix_access_keys_client_id'), 'access_keys', ['client_id'], unique=False)
    op.create_index(op.f('ix_access_keys_owner_id'), 'access_keys', ['owner_id'], unique=False)
    op.create_table('engagement_score_revisions',
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('scale_kind', sa.Enum('mean', 'favourability', 'enps', 'index', name='scalekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('scale_min', sa.Numeric(), nullable=False),
    sa.Column('scale_max', sa.Numeric(), nullable=False),
    sa.Column('value', sa.Numeric(), nullable=True),
    sa.Column('suppressed', sa.Boolean(), nullable=False),
    sa.Column('respondents', sa.BigInteger(), nullable=True),
    sa.Column('invited', sa.BigInteger(), nullable=True),
    sa.Column('window_days', sa.Integer(), nullable=True),
    sa.Column('observed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('score_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['score_id'], ['engagement_scores.id'], name=op.f('fk_engagement_score_revisions_score_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engagement_score_revisions'))
    )
    op.create_index(op.f('ix_engagement_score_revisions_score_id'), 'engagement_score_revisions', ['score_id'], unique=False)
    op.create_table('goals',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=True),
    sa.Column('status', sa.Enum('draft', 'active', 'paused', 'achieved', 'abandoned', name='nodestatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('cross_functional', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Uuid(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('assumptions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['id'], ['nodes.id'], name=op.f('fk_goals_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_goals_owner_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_goals_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goals'))
    )
    op.create_index(op.f('ix_goals_owner_id'), 'goals', ['owner_id'], unique=False)
    op.create_index(op.f('ix_goals_theme_id'), 'goals', ['theme_id'], unique=False)
    op.create_table('kpis',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=True),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('direction', sa.Enum('higher', 'lower', 'band', name='direction', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('cadence', sa.Enum('weekly', 'monthly', 'quarterly', 'yearly', name='cadence', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('grace_days', sa.Integer(), nullable=False),
    sa.Column('aggregation', sa.Enum('mean', 'headcount_weighted_mean', 'sum', 'median', 'ratio_of_sums', 'none', name='aggregation', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('kind', sa.Enum('numeric', 'ordinal', 'narrative', name='kpikind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('source', sa.Enum('manual', 'computed', 'fed', name='kpisource', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('metric', sa.String(), nullable=True),
    sa.Column('baseline', sa.Numeric(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('feed', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('updater_id', sa.Uuid(), nullable=True),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('built_in', sa.Boolean(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_kpis_department_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_kpis_owner_id')),
    sa.ForeignKeyConstraint(['updater_id'], ['owners.id'], name=op.f('fk_kpis_updater_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kpis'))
    )
    op.create_index(op.f('ix_kpis_department_id'), 'kpis', ['department_id'], unique=False)
    op.create_index(op.f('ix_kpis_owner_id'), 'kpis', ['owner_id'], unique=False)
    op.create_index(op.f('ix_kpis_updater_id'), 'kpis', ['updater_id'], unique=False)
    op.create_index('uq_kpis_code', 'kpis', [sa.literal_column('lower(code)')], unique=True)
    op.create_table('objectives',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=True),
    sa.Column('status', sa.Enum('draft', 'active', 'paused', 'achieved', 'abandoned', name='nodestatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('effort', sa.Numeric(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_objectives_department_id')),
    sa.ForeignKeyConstraint(['id'], ['nodes.id'], name=op.f('fk_objectives_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_objectives_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objectives'))
    )
    op.create_index(op.f('ix_objectives_department_id'), 'objectives', ['department_id'], unique=False)
    op.create_index(op.f('ix_objectives_owner_id'), 'objectives', ['owner_id'], unique=False)
    op.create_table('kpi_departments',
    sa.Column('kpi_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_kpi_departments_department_id')),
    sa.ForeignKeyConstraint(['kpi_id'], ['kpis.id'], name=op.f('fk_kpi_departments_kpi_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('kpi_id', 'department_id', name=op.f('pk_kpi_departments'))
    )
    op.create_index(op.f('ix_kpi_departments_department_id'), 'kpi_departments', ['department_id'], unique=False)
    op.create_table('kpi_guards',
    sa.Column('kpi_id', sa.Uuid(), nullable=False),
    sa.Column('guard_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['guard_id'], ['kpis.id'], name=op.f('fk_kpi_guards_guard_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['kpi_id'], ['kpis.id'], name=op.f('fk_kpi_guards_kpi_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('kpi_id', 'guard_id', name=op.f('pk_kpi_guards'))
    )
    op.create_index(op.f('ix_kpi_guards_guard_id'), 'kpi_guards', ['guard_id'], unique=False)
    op.create_table('kpi_measures',
    sa.Column('kpi_id', sa.Uuid(), nullable=False),
    sa.Column('node_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['kpi_id'], ['kpis.id'], name=op.f('fk_kpi_measures_kpi_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['node_id'], ['nodes.id'], name=op.f('fk_kpi_measures_node_id')),
    sa.PrimaryKeyConstraint('kpi_id', 'node_id', name=op.f('pk_kpi_measures'))
    )
    op.create_index(op.f('ix_kpi_measures_node_id'), 'kpi_measures', ['node_id'], unique=False)
    op.create_table('links',
    sa.Column('type', sa.Enum('contributes', 'supports', 'depends_on', 'conflicts_with', name='linktype', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('weight', sa.Numeric(), nullable=True),
    sa.Column('effort', sa.Numeric(), nullable=True),
    sa.Column('rationale', sa.String(), nullable=True),
    sa.Column('need_by', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('affirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('affirmed_by', sa.String(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['objectives.id'], name=op.f('fk_links_source_id')),
    sa.ForeignKeyConstraint(['target_id'], ['nodes.id'], name=op.f('fk_links_target_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_links'))
    )
    op.create_index(op.f('ix_links_target_id'), 'links', ['target_id'], unique=False)
    op.create_index('uq_links_source_id_target_id_type', 'links', ['source_id', 'target_id', 'type'], unique=True, postgresql_where=sa.text('archived_at is null'))
    op.create_table('measurements',
    sa.Column('row', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kpi_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('value', sa.Numeric(), nullable=True),
    sa.Column('not_applicable', sa.Boolean(), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('suppressed', sa.Boolean(), nullable=False),
    sa.Column('numerator', sa.Numeric(), nullable=True),
    sa.Column('denominator', sa.Numeric(), nullable=True),
    sa.Column('n', sa.BigInteger(), nullable=True),
    sa.Column('interval_low', sa.Numeric(), nullable=True),
    sa.Column('interval_high', sa.Numeric(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('confidence', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('source', sa.Enum('manual', 'fed', 'computed', 'imported', 'aggregated', name='source', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=True),
    sa.Column('target', sa.Numeric(), nullable=True),
    sa.Column('status', sa.Enum('green', 'amber', 'red', 'unknown', name='status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('status_reason', sa.String(), nullable=False),
    sa.Column('trend', sa.Enum('up', 'down', 'flat', name='trend', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('signal', sa.String(), nullable=True),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_by_name', sa.String(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('known_from', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('known_to', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('value is not null or not_applicable or withdrawn or suppressed', name=op.f('ck_measurements_has_content')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_measurements_department_id')),
    sa.ForeignKeyConstraint(['kpi_id'], ['kpis.id'], name=op.f('fk_measurements_kpi_id')),
    sa.PrimaryKeyConstraint('row', name=op.f('pk_measurements'))
    )
    op.create_index(op.f('ix_measurements_department_id'), 'measurements', ['department_id'], unique=False)
    op.create_index('ix_measurements_history', 'measurements', ['kpi_id', 'department_id', 'period', 'known_from'], unique=False)
    op.create_index('ix_measurements_id', 'measurements', ['id'], unique=False)
    op.create_index('ix_measurements_period', 'measurements', ['period', 'kpi_id'], unique=False)
    op.create_index('uq_measurements_current', 'measurements', ['kpi_id', 'department_id', 'period'], unique=True, postgresql_where=sa.text('known_to is null'), postgresql_nulls_not_distinct=True)
    op.create_table('targets',
    sa.Column('target', sa.Numeric(), nullable=True),
    sa.Column('amber', sa.Numeric(), nullable=True),
    sa.Column('red', sa.Numeric(), nullable=True),
    sa.Column('low', sa.Numeric(), nullable=True),
    sa.Column('high', sa.Numeric(), nullable=True),
    sa.Column('red_low', sa.Numeric(), nullable=True),
    sa.Column('red_high', sa.Numeric(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kpi_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('first_period', sa.String(), nullable=False),
    sa.Column('last_period', sa.String(), nullable=True),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_targets_department_id')),
    sa.ForeignKeyConstraint(['kpi_id'], ['kpis.id'], name=op.f('fk_targets_kpi_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_targets'))
    )
    op.create_index(op.f('ix_targets_department_id'), 'targets', ['department_id'], unique=False)
    op.create_index(op.f('ix_targets_kpi_id'), 'targets', ['kpi_id'], unique=False)
    op.create_foreign_key('fk_departments_head_id', 'departments', 'owners', ['head_id'], ['id'])
    op.execute(REFUSE_CHANGE)
    op.execute(
        "create trigger events_are_append_only before update or delete or truncate on events "
        "for each statement execute function refuse_change_of_events()"
    )
    op.execute(
        "insert into organization (id, name, fiscal_year_start, minimum_group, time_zone, \"values\", epoch, the_only,"
        " version) values (gen_random_uuid(), 'Organization', 1, 5, 'UTC', '[]', gen_random_uuid(), true, 1)"
    )
    for kpi in ALIGNMENT_KPIS:
        op.get_bind().execute(ADD_KPI, dict(zip(COLUMNS, kpi)))


def downgrade() -> None:
    op.drop_constraint('fk_departments_head_id', 'departments', type_='foreignkey')
    op.drop_index(op.f('ix_targets_kpi_id'), table_name='targets')
    op.drop_index(op.f('ix_targets_department_id'), table_name='targets')
    op.drop_table('targets')
    op.drop_index('uq_measurements_current', table_name='measurements', postgresql_where=sa.text('known_to is null'), postgresql_nulls_not_distinct=True)
    op.drop_index('ix_measurements_period', table_name='measurements')
    op.drop_index('ix_measurements_id', table_name='measurements')
    op.drop_index('ix_measurements_history', table_name='measurements')
    op.drop_index(op.f('ix_measurements_department_id'), table_name='measurements')
    op.drop_table('measurements')
    op.drop_index('uq_links_source_id_target_id_type', table_name='links', postgresql_where=sa.text('archived_at is null'))
    op.drop_index(op.f('ix_links_target_id'), table_name='links')
    op.drop_table('links')
    op.drop_index(op.f('ix_kpi_measures_node_id'), table_name='kpi_measures')
    op.drop_table('kpi_measures')
    op.drop_index(op.f('ix_kpi_guards_guard_id'), table_name='kpi_guards')
    op.drop_table('kpi_guards')
    op.drop_index(op.f('ix_kpi_departments_department_id'), table_name='kpi_departments')
    op.drop_table('kpi_departments')
    op.drop_index(op.f('ix_objectives_owner_id'), table_name='objectives')
    op.drop_index(op.f('ix_objectives_department_id'), table_name='objectives')
    op.drop_table('objectives')
    op.drop_index('uq_kpis_code', table_name='kpis')
    op.drop_index(op.f('ix_kpis_updater_id'), table_name='kpis')
    op.drop_index(op.f('ix_kpis_owner_id'), table_name='kpis')
    op.drop_index(op.f('ix_kpis_department_id'), table_name='kpis')
    op.drop_table('kpis')
    op.drop_index(op.f('ix_goals_theme_id'), table_name='goals')
    op.drop_index(op.f('ix_goals_owner_id'), table_name='goals')
    op.drop_table('goals')
    op.drop_index(op.f('ix_engagement_score_revisions_score_id'), table_name='engagement_score_revisions')
    op.drop_table('engagement_score_revisions')
    op.drop_index(op.f('ix_access_keys_owner_id'), table_name='access_keys')
    op.drop_index(op.f('ix_access_keys_client_id'), table_name='access_keys')
    op.drop_table('access_keys')
    op.drop_table('themes')
    op.drop_index('uq_owners_email', table_name='owners')
    op.drop_index(op.f('ix_owners_manager_id'), table_name='owners')
    op.drop_index(op.f('ix_owners_department_id'), table_name='owners')
    op.drop_table('owners')
    op.drop_index(op.f('ix_engagement_segments_department_id'), table_name='engagement_segments')
    op.drop_table('engagement_segments')
    op.drop_index('uq_engagement_scores_natural_key', table_name='engagement_scores')
    op.drop_index('ix_engagement_scores_segment', table_name='engagement_scores', postgresql_where=sa.text('segment is not null'))
    op.drop_index('ix_engagement_scores_fed', table_name='engagement_scores')
    op.drop_table('engagement_scores')
    op.drop_index('uq_clients_name', table_name='clients')
    op.drop_index(op.f('ix_clients_department_id'), table_name='clients')
    op.drop_table('clients')
    op.drop_table('organization')
    op.drop_table('visions')
    op.drop_index('uq_nodes_code', table_name='nodes')
    op.drop_table('nodes')
    op.drop_index(op.f('ix_kept_answers_created_at'), table_name='kept_answers')
    op.drop_table('kept_answers')
    op.drop_index('ix_events_transaction', table_name='events')
    op.drop_index('ix_events_object', table_name='events')
    op.drop_table('events')
    op.drop_index('uq_departments_code', table_name='departments')
    op.drop_index(op.f('ix_departments_parent_id'), table_name='departments')
    op.drop_index(op.f('ix_departments_head_id'), table_name='departments')
    op.drop_table('departments')
    op.drop_table('allowances')
    op.execute("drop function refuse_change_of_events()")
