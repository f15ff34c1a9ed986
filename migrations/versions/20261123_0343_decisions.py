"""Decisions and their types; findings may be about following through, too.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '20261123_0343'
down_revision = '20261123_0125'
branch_labels = None
depends_on = None

_PARTS = "'structure', 'ownership', 'measures', 'time', 'coverage'"


def _allow_parts(parts: str) -> None:
    op.drop_constraint(op.f('ck_linkage_findings_group'), 'linkage_findings', type_='check')
    op.create_check_constraint(op.f('ck_linkage_findings_group'), 'linkage_findings', f"part in ({parts})")


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    _allow_parts(f"{_PARTS}, 'follow_through'")
    op.create_table('decision_types',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=True),
    sa.Column('limit_days', sa.Integer(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('decides', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('advises', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('informed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_types'))
    )
    op.create_index('uq_decision_types_code', 'decision_types', [sa.text('lower(code)')], unique=True)
    op.create_table('decisions',
    sa.Column('chosen', sa.String(), nullable=True),
    sa.Column('rationale', sa.String(), nullable=True),
    sa.Column('forecast', sa.Integer(), nullable=True),
    sa.Column('end_reason', sa.String(), nullable=True),
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('as_expected', sa.Boolean(), nullable=True),
    sa.Column('outcome_note', sa.String(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=True),
    sa.Column('needed_by', sa.Date(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('type_id', sa.Uuid(), nullable=True),
    sa.Column('decider_id', sa.Uuid(), nullable=True),
    sa.Column('status', sa.Enum('open', 'decided', 'withdrawn', name='decisionstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('raised_on', sa.Date(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('reopen_reason', sa.String(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('reopened', sa.Integer(), nullable=False),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('options', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decider_id'], ['owners.id'], name=op.f('fk_decisions_decider_id')),
    sa.ForeignKeyConstraint(['type_id'], ['decision_types.id'], name=op.f('fk_decisions_type_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions'))
    )
    op.create_index(op.f('ix_decisions_decider_id'), 'decisions', ['decider_id'], unique=False)
    op.create_index(op.f('ix_decisions_type_id'), 'decisions', ['type_id'], unique=False)
    op.create_index('uq_decisions_code', 'decisions', [sa.text('lower(code)')], unique=True)
    op.create_table('decision_departments',
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_decision_departments_decision_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_decision_departments_department_id')),
    sa.PrimaryKeyConstraint('decision_id', 'department_id', name=op.f('pk_decision_departments'))
    )
    op.create_index(op.f('ix_decision_departments_department_id'), 'decision_departments', ['department_id'], unique=False)
    op.create_table('decision_dissents',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('concern', sa.String(), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_decision_dissents_decision_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_decision_dissents_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_dissents'))
    )
    op.create_index(op.f('ix_decision_dissents_decision_id'), 'decision_dissents', ['decision_id'], unique=False)
    op.create_index(op.f('ix_decision_dissents_owner_id'), 'decision_dissents', ['owner_id'], unique=False)
    op.create_table('decision_escalations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('from_id', sa.Uuid(), nullable=True),
    sa.Column('to_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('escalated_on', sa.Date(), nullable=False),
    sa.Column('escalated_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_decision_escalations_decision_id')),
    sa.ForeignKeyConstraint(['from_id'], ['owners.id'], name=op.f('fk_decision_escalations_from_id')),
    sa.ForeignKeyConstraint(['to_id'], ['owners.id'], name=op.f('fk_decision_escalations_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_escalations'))
    )
    op.create_index(op.f('ix_decision_escalations_decision_id'), 'decision_escalations', ['decision_id'], unique=False)
    op.create_table('decision_goals',
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('goal_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_decision_goals_decision_id')),
    sa.ForeignKeyConstraint(['goal_id'], ['goals.id'], name=op.f('fk_decision_goals_goal_id')),
    sa.PrimaryKeyConstraint('decision_id', 'goal_id', name=op.f('pk_decision_goals'))
    )
    op.create_index(op.f('ix_decision_goals_goal_id'), 'decision_goals', ['goal_id'], unique=False)
    op.create_table('decision_rounds',
    sa.Column('chosen', sa.String(), nullable=True),
    sa.Column('rationale', sa.String(), nullable=True),
    sa.Column('forecast', sa.Integer(), nullable=True),
    sa.Column('end_reason', sa.String(), nullable=True),
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('as_expected', sa.Boolean(), nullable=True),
    sa.Column('outcome_note', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('reopen_reason', sa.String(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('open', 'decided', 'withdrawn', name='decisionstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('decider_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['decider_id'], ['owners.id'], name=op.f('fk_decision_rounds_decider_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_decision_rounds_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_rounds'))
    )
    op.create_index(op.f('ix_decision_rounds_decision_id'), 'decision_rounds', ['decision_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_decision_rounds_decision_id'), table_name='decision_rounds')
    op.drop_table('decision_rounds')
    op.drop_index(op.f('ix_decision_goals_goal_id'), table_name='decision_goals')
    op.drop_table('decision_goals')
    op.drop_index(op.f('ix_decision_escalations_decision_id'), table_name='decision_escalations')
    op.drop_table('decision_escalations')
    op.drop_index(op.f('ix_decision_dissents_owner_id'), table_name='decision_dissents')
    op.drop_index(op.f('ix_decision_dissents_decision_id'), table_name='decision_dissents')
    op.drop_table('decision_dissents')
    op.drop_index(op.f('ix_decision_departments_department_id'), table_name='decision_departments')
    op.drop_table('decision_departments')
    op.drop_index('uq_decisions_code', table_name='decisions')
    op.drop_index(op.f('ix_decisions_type_id'), table_name='decisions')
    op.drop_index(op.f('ix_decisions_decider_id'), table_name='decisions')
    op.drop_table('decisions')
    op.drop_index('uq_decision_types_code', table_name='decision_types')
    op.drop_table('decision_types')
    op.execute("delete from linkage_findings where part = 'follow_through'")
    _allow_parts(_PARTS)
