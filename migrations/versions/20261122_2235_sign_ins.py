"""How people get in: passwords, sign-ins, links, failed tries; and which organization is a demo.

Must suit the program version that is still running: expand first, contract in a later release.
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


revision = '20261122_2235'
down_revision = '20261122_2225'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '60s'")
    op.create_table('failed_tries',
    sa.Column('subject', sa.LargeBinary(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'began_at', name=op.f('pk_failed_tries'))
    )
    op.create_table('password_links',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('purpose', sa.Enum('invitation', 'reset', 'first_run', name='linkpurpose', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_password_links_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_password_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_password_links_token_hash'))
    )
    op.create_index(op.f('ix_password_links_owner_id'), 'password_links', ['owner_id'], unique=False)
    op.create_table('passwords',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_passwords_owner_id')),
    sa.PrimaryKeyConstraint('owner_id', name=op.f('pk_passwords'))
    )
    op.create_table('sign_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('browser', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['owners.id'], name=op.f('fk_sign_ins_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ins')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_ins_token_hash'))
    )
    op.create_index(op.f('ix_sign_ins_owner_id'), 'sign_ins', ['owner_id'], unique=False)
    op.add_column('organization', sa.Column('is_demo', sa.Boolean(), nullable=False, server_default=sa.text('false')))


def downgrade() -> None:
    op.drop_column('organization', 'is_demo')
    op.drop_index(op.f('ix_sign_ins_owner_id'), table_name='sign_ins')
    op.drop_table('sign_ins')
    op.drop_table('passwords')
    op.drop_index(op.f('ix_password_links_owner_id'), table_name='password_links')
    op.drop_table('password_links')
    op.drop_table('failed_tries')
