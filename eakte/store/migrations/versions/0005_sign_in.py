"""Signing in: tokens, attempts, identities, throttles. Open sessions end, people sign in once more."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('oidc_flow',
    sa.Column('state_hash', sa.String(length=64), nullable=False),
    sa.Column('visitor_hash', sa.String(length=64), nullable=False),
    sa.Column('nonce', sa.String(length=100), nullable=False),
    sa.Column('code_verifier', sa.String(length=128), nullable=False),
    sa.Column('next_path', sa.Text(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('state_hash', name=op.f('pk_oidc_flow'))
    )
    op.create_index(op.f('ix_oidc_flow_expires_at'), 'oidc_flow', ['expires_at'], unique=False)
    op.create_table('throttle',
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('arrival', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_throttle'))
    )
    op.create_index(op.f('ix_throttle_arrival'), 'throttle', ['arrival'], unique=False)
    op.create_table('api_token',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('prefix', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=80), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_api_token_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_token_token_hash'))
    )
    op.create_index(op.f('ix_api_token_person_id'), 'api_token', ['person_id'], unique=False)
    op.create_table('identity',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_identity_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity')),
    sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_identity_issuer_subject'))
    )
    op.create_index(op.f('ix_identity_person_id'), 'identity', ['person_id'], unique=False)
    op.create_table('sign_in',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('way', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('address', sa.String(length=60), nullable=False),
    sa.Column('browser', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in'))
    )
    op.create_index(op.f('ix_sign_in_at'), 'sign_in', ['at'], unique=False)
    op.create_index('ix_sign_in_person_id_at', 'sign_in', ['person_id', 'at'], unique=False)
    op.add_column('person', sa.Column('must_change_password', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('person', sa.Column('password_expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('person', sa.Column('technical', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('post_holder', sa.Column('source', sa.String(length=20), nullable=True))
    _sessions(
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('address', sa.String(length=60), nullable=False),
        sa.Column('browser', sa.String(length=80), nullable=False),
        sa.Column('id_token', sa.Text(), nullable=True),
        sa.UniqueConstraint('id', name=op.f('uq_web_session_id')),
    )


def _sessions(*more: sa.schema.SchemaItem) -> None:
    """Make the table of sessions anew: nothing is lost but open sessions."""
    op.drop_index(op.f('ix_web_session_person_id'), table_name='web_session')
    op.drop_table('web_session')
    op.create_table('web_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    *more,
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_web_session_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_web_session'))
    )
    op.create_index(op.f('ix_web_session_person_id'), 'web_session', ['person_id'], unique=False)


def downgrade() -> None:
    _sessions()
    op.drop_column('post_holder', 'source')
    op.drop_column('person', 'technical')
    op.drop_column('person', 'password_expires_at')
    op.drop_column('person', 'must_change_password')
    op.drop_index('ix_sign_in_person_id_at', table_name='sign_in')
    op.drop_index(op.f('ix_sign_in_at'), table_name='sign_in')
    op.drop_table('sign_in')
    op.drop_index(op.f('ix_identity_person_id'), table_name='identity')
    op.drop_table('identity')
    op.drop_index(op.f('ix_api_token_person_id'), table_name='api_token')
    op.drop_table('api_token')
    op.drop_index(op.f('ix_throttle_arrival'), table_name='throttle')
    op.drop_table('throttle')
    op.drop_index(op.f('ix_oidc_flow_expires_at'), table_name='oidc_flow')
    op.drop_table('oidc_flow')
