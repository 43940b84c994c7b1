"""verdicts stand in the order of lists"""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('verdict', sa.Column('waits_for', sa.String(length=60), nullable=True))
    op.add_column('verdict', sa.Column('reference', sa.String(length=80), server_default='', nullable=False))
    # Which event is waited for is found by the next daily run.
    op.execute(
        'UPDATE verdict SET reference = (SELECT file_reference FROM case_file WHERE case_file.id = verdict.case_file_id)'
    )
    op.drop_index(op.f('ix_verdict_outcome'), table_name='verdict')
    op.create_index('ix_verdict_in_order', 'verdict', ['outcome', 'waits_for', 'retention_end', 'reference'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_verdict_in_order', table_name='verdict')
    op.create_index(op.f('ix_verdict_outcome'), 'verdict', ['outcome'], unique=False)
    op.drop_column('verdict', 'reference')
    op.drop_column('verdict', 'waits_for')
