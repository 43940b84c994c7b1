"""follow-ups, and who has seen enough of the tour"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None

INDEXED = ('access_key', 'case_file_id', 'case_id', 'document_id', 'login')


def upgrade() -> None:
    op.create_table('follow_up',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_file_id', sa.Uuid(), nullable=True),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('document_id', sa.Uuid(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('login', sa.String(length=80), nullable=False),
    sa.Column('access_key', sa.String(length=80), nullable=False),
    sa.Column('set_by', sa.String(length=80), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('postponed_because', sa.Text(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('done_by', sa.String(length=80), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_follow_up_case_file_id_case_file'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['case_id'], ['business_case.id'], name=op.f('fk_follow_up_case_id_business_case'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_follow_up_document_id_document'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up'))
    )
    op.add_column('person', sa.Column('tour_over', sa.Boolean(), server_default=sa.false(), nullable=False))
    for column in INDEXED:
        op.create_index(op.f(f'ix_follow_up_{column}'), 'follow_up', [column], unique=False)
    op.create_index('ix_follow_up_done_on_due_on', 'follow_up', ['done_on', 'due_on'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_follow_up_done_on_due_on', table_name='follow_up')
    for column in INDEXED:
        op.drop_index(op.f(f'ix_follow_up_{column}'), table_name='follow_up')
    op.drop_table('follow_up')
    op.drop_column('person', 'tour_over')
