"""orders to hold records back: each hold that was is an order over its one case file"""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None

ORDERS, HOLDS = 'hold_order', 'disposal_hold'
STAYS = 'an order stays as it was placed, until it is lifted'
TITLE = 'Einzelne Akte'
SAYS_SO = (
    "EXISTS (SELECT 1 FROM history_entry h WHERE h.action = 'hold_order.lifted' AND h.about_id = {order})"
)
ASKED = {
    'sqlite': (
        "EXISTS (SELECT 1 FROM json_each(NEW.manifest, '$.orders') l WHERE replace(l.value, '-', '') = o.id)"
    ),
    'postgresql': "coalesce((NEW.manifest -> 'orders')::jsonb ? o.id::text, FALSE)",
}


def upgrade() -> None:
    rows = _taken(_words_of_holds(), HOLDS)
    orders = _create_orders()
    holds = op.create_table(
        HOLDS,
        *_columns(),
        sa.Column('order_id', sa.Uuid(), nullable=False),
        _key(HOLDS, 'case_file_id', 'case_file'),
        _key(HOLDS, 'order_id', ORDERS),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_hold')),
        sa.UniqueConstraint('order_id', 'case_file_id', name=op.f('uq_disposal_hold_order_id_case_file_id')),
    )
    op.create_index(op.f('ix_disposal_hold_case_file_id'), HOLDS, ['case_file_id'], unique=False)
    op.bulk_insert(orders, [_order(row) for row in rows])
    kept = [column.name for column in _columns()]
    op.bulk_insert(holds, [{**{name: row[name] for name in kept}, 'order_id': row['id']} for row in rows])
    _guard_holds(('order_id',))
    _guard_orders()


def downgrade() -> None:
    _drop_guards()
    rows = _taken(_words_of_holds(), f'{HOLDS} JOIN {ORDERS} ON {ORDERS}.id = {HOLDS}.order_id')
    holds = op.create_table(
        HOLDS,
        *_columns(),
        *_words_of_holds(),
        _key(HOLDS, 'case_file_id', 'case_file'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_hold')),
    )
    op.create_index(op.f('ix_disposal_hold_case_file_id'), HOLDS, ['case_file_id'], unique=False)
    op.bulk_insert(holds, rows)
    _guard_holds(())
    op.drop_table('hold_review')
    op.drop_table(ORDERS)


def _create_orders() -> Any:
    orders = op.create_table(
        ORDERS,
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('scope', sa.String(length=40), nullable=False),
        sa.Column('criteria', sa.JSON(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('legal_basis', sa.String(length=300), nullable=False),
        sa.Column('owner_person_id', sa.Uuid(), nullable=True),
        sa.Column('owner_post_id', sa.Uuid(), nullable=True),
        sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('placed_by', sa.String(length=200), nullable=False),
        sa.Column('review_on', sa.Date(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lifted_by', sa.String(length=200), nullable=True),
        sa.Column('lift_reason', sa.Text(), nullable=True),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.CheckConstraint(
            'owner_person_id IS NULL OR owner_post_id IS NULL', name=op.f('ck_hold_order_one_owner')
        ),
        _key(ORDERS, 'owner_person_id', 'person'),
        _key(ORDERS, 'owner_post_id', 'post'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_hold_order')),
    )
    for name in ('owner_person_id', 'owner_post_id', 'review_on'):
        op.create_index(op.f(f'ix_hold_order_{name}'), ORDERS, [name], unique=False)
    op.create_table(
        'hold_review',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('order_id', sa.Uuid(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by', sa.String(length=200), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('review_on', sa.Date(), nullable=False),
        _key('hold_review', 'order_id', ORDERS),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_hold_review')),
    )
    op.create_index(op.f('ix_hold_review_order_id'), 'hold_review', ['order_id'], unique=False)
    return orders


def _order(row: dict[str, Any]) -> dict[str, Any]:
    """The order of a hold that was; it has the hold's id, and a day of review as every order has one."""
    placed: date = row['placed_on']
    lifted: date | None = row['lifted_on']
    return {
        'id': row['id'],
        'title': TITLE,
        'scope': 'files',
        'criteria': {},
        'reason': row['reason'],
        'legal_basis': row['legal_basis'],
        'owner_person_id': None,
        'owner_post_id': None,
        'placed_at': datetime(placed.year, placed.month, placed.day, 11, tzinfo=UTC),
        'placed_by': row['placed_by'],
        'review_on': row['review_on'] or placed.replace(year=placed.year + 1, day=min(placed.day, 28)),
        'asked_at': None,
        'lifted_at': datetime(lifted.year, lifted.month, lifted.day, 11, tzinfo=UTC) if lifted else None,
        'lifted_by': row['lifted_by'],
        'lift_reason': row['lift_reason'],
        'revision': 1,
    }


def _words_of_holds() -> list[sa.Column[Any]]:
    return [
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('legal_basis', sa.String(length=300), nullable=False),
        sa.Column('review_on', sa.Date(), nullable=True),
    ]


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('case_file_id', sa.Uuid(), nullable=False),
        sa.Column('placed_on', sa.Date(), nullable=False),
        sa.Column('placed_by', sa.String(length=200), nullable=False),
        sa.Column('lifted_on', sa.Date(), nullable=True),
        sa.Column('lifted_by', sa.String(length=200), nullable=True),
        sa.Column('lift_reason', sa.Text(), nullable=True),
    ]


def _key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{of}.id'], name=op.f(f'fk_{table}_{column}_{of}'), ondelete='RESTRICT')


def _taken(words: list[sa.Column[Any]], source: str) -> list[dict[str, Any]]:
    """Return what there is of holds, and give the table up."""
    columns = [sa.type_coerce(sa.literal_column(f'{HOLDS}.{one.name}'), one.type).label(one.name) for one in _columns()]
    columns += [sa.type_coerce(sa.literal_column(one.name), one.type).label(one.name) for one in words]
    rows = op.get_bind().execute(sa.select(*columns).select_from(sa.text(source))).mappings().all()
    op.drop_table(HOLDS)
    return [dict(row) for row in rows]


def _differs(*columns: str) -> str:
    word, plain = ('IS NOT', '{}') if _sqlite() else ('IS DISTINCT FROM', '{}::text')
    new, old = plain.format('NEW.{0}'), plain.format('OLD.{0}')
    return '(' + ' OR '.join(f'{new} {word} {old}'.format(name) for name in columns) + ')'


def _guard_holds(more: tuple[str, ...]) -> None:
    """Give the holds their guards back: they went with the table that was made anew."""
    hold = 'a hold stays as it was placed, until it is lifted'
    executing = "EXISTS (SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = OLD.case_file_id)"
    frozen = (
        f"{_differs('id', 'case_file_id', 'placed_on', 'placed_by', *more)} "
        f"OR (OLD.lifted_on IS NOT NULL AND {_differs('lifted_on', 'lifted_by', 'lift_reason')}) "
        "OR (NEW.lifted_on IS NOT NULL AND (NEW.lifted_on < NEW.placed_on OR coalesce(NEW.lifted_by, '') = '' "
        "OR coalesce(NEW.lift_reason, '') = ''))"
    )
    _guard('disposal_hold_guarded', HOLDS, 'DELETE', f'NOT {executing}', hold)
    _guard('disposal_hold_frozen', HOLDS, 'UPDATE', frozen, hold)
    _keep_whole(HOLDS)


def _guard_orders() -> None:
    """Orders are never changed but by reviews and lifting; no destruction begins that has not asked each of them."""
    order = _text('o.id')
    in_force = f"o.lifted_at IS NULL OR NOT {SAYS_SO.format(order=order)}"
    unasked = (
        "NEW.state = 'executing' AND OLD.state <> 'executing' AND EXISTS (SELECT 1 FROM hold_order o "
        f"WHERE o.scope <> 'files' AND ({in_force}) AND NOT {ASKED['sqlite' if _sqlite() else 'postgresql']})"
    )
    words = _differs('title', 'criteria', 'reason', 'legal_basis')
    emptied = (
        "OLD.lifted_at IS NOT NULL AND NEW.title = '' AND NEW.reason = '' "
        "AND NOT EXISTS (SELECT 1 FROM disposal_hold h WHERE h.order_id = NEW.id)"
    )
    frozen = (
        f"{_differs('id', 'scope', 'placed_at', 'placed_by')} OR ({words} AND NOT ({emptied})) "
        f"OR (OLD.lifted_at IS NOT NULL AND {_differs('lifted_at', 'lifted_by', 'review_on')}) "
        "OR (OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL "
        "AND (coalesce(NEW.lifted_by, '') = '' OR coalesce(NEW.lift_reason, '') = ''))"
    )
    _guard('hold_order_kept', ORDERS, 'DELETE', '1 = 1', STAYS)
    _guard('hold_order_frozen', ORDERS, 'UPDATE', frozen, STAYS)
    _guard('disposal_asked', 'disposal', 'UPDATE', unasked, 'a destruction begins only when every order was asked')
    _keep_whole(ORDERS)


def _guard(name: str, table: str, event: str, refused: str, words: str) -> None:
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        return
    row = 'OLD' if event == 'DELETE' else 'NEW'
    op.execute(
        f"CREATE OR REPLACE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{words}'; END IF; RETURN {row}; END $$"
    )
    op.execute(f'CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{name}()')


def _keep_whole(table: str) -> None:
    if not _sqlite():
        op.execute(
            f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} '
            'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()'
        )


def _drop_guards() -> None:
    for name, table in (('hold_order_kept', ORDERS), ('hold_order_frozen', ORDERS), ('disposal_asked', 'disposal')):
        op.execute(f'DROP TRIGGER IF EXISTS {name}' + ('' if _sqlite() else f' ON {table}'))
        if not _sqlite():
            op.execute(f'DROP FUNCTION guard_{name}()')


def _text(key: str) -> str:
    """The id as the history writes it, with hyphens."""
    if not _sqlite():
        return f'{key}::text'
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f'substr({key}, {start}, {length})' for start, length in parts)


def _sqlite() -> bool:
    return str(op.get_bind().dialect.name) == 'sqlite'
