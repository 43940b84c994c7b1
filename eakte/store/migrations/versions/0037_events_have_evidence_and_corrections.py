"""events have evidence and corrections"""

from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

EVENTS = 'retention_event'


def upgrade() -> None:
    rows = _taken(sa.true())
    made = op.create_table(
        EVENTS,
        sa.Column('id', sa.Uuid(), nullable=False),
        *_columns(),
        sa.Column('evidence', sa.Text(), server_default='', nullable=False),
        sa.Column('document_id', sa.Uuid(), nullable=True),
        sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('replaced_by', sa.String(length=200), nullable=True),
        sa.Column('replaced_because', sa.Text(), nullable=True),
        _key(),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_event')),
    )
    op.create_index('ix_retention_event_of_file', EVENTS, ['case_file_id', 'trigger'], unique=False)
    counting = sa.text('replaced_at IS NULL')
    op.create_index(
        'uq_retention_event_counting',
        EVENTS,
        ['case_file_id', 'trigger'],
        unique=True,
        sqlite_where=counting,
        postgresql_where=counting,
    )
    op.bulk_insert(made, [{'id': uuid4(), **row} for row in rows])
    _guard()


def downgrade() -> None:
    # What was corrected had no place then.
    rows = _taken(sa.column('replaced_at').is_(None))
    made = op.create_table(
        EVENTS,
        *_columns(),
        _key(),
        sa.PrimaryKeyConstraint('case_file_id', 'trigger', name=op.f('pk_retention_event')),
    )
    op.bulk_insert(made, rows)
    _guard()


def _guard() -> None:
    """Give the table its guards back: they went with the table that was made anew."""
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f'CREATE TRIGGER {EVENTS}_guarded BEFORE DELETE ON {EVENTS} WHEN NOT EXISTS '
            "(SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = OLD.case_file_id) "
            "BEGIN SELECT RAISE(ABORT, 'records go only by an approved destruction'); END"
        )
        return
    op.execute(
        f'CREATE TRIGGER {EVENTS}_guarded BEFORE DELETE ON {EVENTS} '
        f'FOR EACH ROW EXECUTE FUNCTION guard_{EVENTS}_guarded()'
    )
    op.execute(
        f'CREATE TRIGGER {EVENTS}_no_truncate BEFORE TRUNCATE ON {EVENTS} '
        'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()'
    )


def _taken(where: Any) -> list[dict[str, Any]]:
    rows = op.get_bind().execute(sa.select(sa.table(EVENTS, *_columns())).where(where)).mappings().all()
    op.drop_table(EVENTS)
    return [dict(row) for row in rows]


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column('case_file_id', sa.Uuid(), nullable=False),
        sa.Column('trigger', sa.String(length=60), nullable=False),
        sa.Column('happened_on', sa.Date(), nullable=False),
        sa.Column('recorded_by', sa.String(length=200), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    ]


def _key() -> sa.ForeignKeyConstraint:
    name = op.f('fk_retention_event_case_file_id_case_file')
    return sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=name, ondelete='RESTRICT')
