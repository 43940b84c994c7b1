"""signature of the JSON of a certificate of destruction"""

import sqlalchemy as sa
from alembic import op

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('destruction_certificate', sa.Column('signature', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column('destruction_certificate', 'signature')
