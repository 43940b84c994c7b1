"""arrivals go with their records"""

from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

GOING = "d.case_file_id = c.case_file_id AND d.state = 'executing'"
REPLACED = (
    "EXISTS (SELECT 1 FROM incoming_item i JOIN item_origin o ON i.id IN (o.source_id, o.item_id) "
    "JOIN item_origin s ON s.source_id = o.source_id JOIN document p ON p.item_id IN (s.item_id, s.source_id) "
    f"JOIN business_case c ON c.id = p.case_id JOIN disposal d ON {GOING} "
    "WHERE i.id = {item} AND i.state = 'replaced')"
)
# What came in the same mail or submission as a record being destroyed, and became no record of its own, goes with it.
# The key of an arrival is the id of its container, which the upload id of each part names.
KEY = (
    "CASE WHEN substr({x}.upload_id, 1, 5) = 'part:' THEN substr(replace({x}.upload_id, '-', ''), 6, 32) "
    "ELSE replace(CAST({x}.id AS text), '-', '') END"
)
ALONG = (
    f"EXISTS (SELECT 1 FROM disposal d JOIN business_case c ON {GOING} JOIN document p ON p.case_id = c.id "
    "JOIN incoming_item j ON j.id = p.item_id OR j.id IN "
    "(SELECT s.source_id FROM item_origin s WHERE s.item_id = p.item_id) "
    f"JOIN incoming_item i ON {KEY.format(x='i')} = {KEY.format(x='j')} "
    "WHERE i.id = {item} AND i.state IN ('dropped', 'fault'))"
)
OF_CASE = f"EXISTS (SELECT 1 FROM business_case c JOIN disposal d ON {GOING} WHERE c.id = OLD.case_id)"
OF_ENTRY = (
    "EXISTS (SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = e.case_file_id) OR "
    f"EXISTS (SELECT 1 FROM document o JOIN business_case c ON c.id = o.case_id JOIN disposal d ON {GOING} "
    "WHERE o.id = {about} OR o.item_id = {about})"
)
ABOUT = {
    'sqlite': "CASE WHEN e.about_kind IN ('document', 'item') THEN replace(e.about_id, '-', '') END",
    'postgresql': "CASE WHEN e.about_kind IN ('document', 'item') THEN e.about_id::uuid END",
}
ITEM = 'coalesce((SELECT x.item_id FROM document x WHERE x.id = {about}), {about})'


def _guards(along: bool) -> tuple[tuple[str, str, str, str], ...]:
    """Table, function, what allows a deletion, and what is told where nothing does."""
    about = ABOUT[op.get_bind().dialect.name]
    with_record = f'{REPLACED} OR {ALONG}' if along else REPLACED
    documents = f"{OF_CASE} OR (OLD.case_id IS NULL AND ({with_record.format(item='OLD.item_id')}))"
    values = f'{OF_ENTRY.format(about=about)} OR {with_record.format(item=ITEM.format(about=about))}'
    of_value = f'EXISTS (SELECT 1 FROM history_entry e WHERE e.sequence = OLD.sequence AND ({values}))'
    return (
        ('document', 'guard_document', documents, 'records go only by an approved destruction'),
        ('history_value', 'guard_history_value', of_value, 'the history only grows'),
    )


def _set_guards(along: bool) -> None:
    for table, function, allowed, text in _guards(along):
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER {table}_guarded')
            op.execute(
                f'CREATE TRIGGER {table}_guarded BEFORE DELETE ON {table} WHEN NOT ({allowed}) '
                f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
            )
        else:
            op.execute(
                f'CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
                f"IF NOT ({allowed}) THEN RAISE EXCEPTION '{text}'; END IF; RETURN OLD; END $$"
            )


def upgrade() -> None:
    _set_guards(along=True)


def downgrade() -> None:
    _set_guards(along=False)
