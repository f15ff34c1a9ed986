"""Results of surveys, frozen when they close; answers that leave no trace in the rows they name.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


revision = '20261123_0415'
down_revision = '20261123_0405'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('survey_results',
    sa.Column('survey_id', sa.Uuid(), nullable=False),
    sa.Column('tables', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['survey_id'], ['surveys.id'], name=op.f('fk_survey_results_survey_id')),
    sa.PrimaryKeyConstraint('survey_id', name=op.f('pk_survey_results'))
    )
    op.drop_constraint(op.f('fk_survey_answers_survey_id'), 'survey_answers', type_='foreignkey')
    op.drop_constraint(op.f('fk_survey_answers_department_id'), 'survey_answers', type_='foreignkey')


def downgrade() -> None:
    op.create_foreign_key(op.f('fk_survey_answers_department_id'), 'survey_answers', 'departments', ['department_id'], ['id'])
    op.create_foreign_key(op.f('fk_survey_answers_survey_id'), 'survey_answers', 'surveys', ['survey_id'], ['id'])
    op.drop_table('survey_results')
