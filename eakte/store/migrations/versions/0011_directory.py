"""Since when the directory no longer knows a person."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('identity', sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('identity', 'gone_at')
