"""Nothing leaves a held case file for the inbox; rules, and what belongs to a document, stay as they were written."""

from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None

EXECUTING = "EXISTS (SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = {file})"
HELD = 'EXISTS (SELECT 1 FROM disposal_hold o WHERE o.case_file_id = {file} AND o.lifted_on IS NULL)'
FILE_OF_CASE = '(SELECT c.case_file_id FROM business_case c WHERE c.id = {case})'
LEAVES = 'nothing leaves a held file, and nothing enters or leaves one that is being destroyed'
BELONGS = 'it belongs to its record for ever'
RULES = 'a rule is followed by a new version and never changed'
FROZEN = (
    ('document_stays', 'document', 'UPDATE', ('id', 'item_id'), BELONGS),
    ('document_version_stays', 'document_version', 'UPDATE', ('id', 'document_id'), BELONGS),
    ('page_stays', 'page', 'UPDATE', ('version_id',), BELONGS),
    ('rendition_stays', 'rendition', 'UPDATE', ('version_id',), BELONGS),
    ('retention_rule_frozen', 'retention_rule', 'UPDATE', (), RULES),
    ('retention_rule_kept', 'retention_rule', 'DELETE', (), RULES),
)
"""Name, table, event, the columns that may not change (none: nothing may), and the words of the refusal."""


def upgrade() -> None:
    _leaves(_left(held=HELD))
    for name, table, event, columns, words in FROZEN:
        _guard(name, table, event, _differs(*columns) if columns else '1 = 1', words)


def downgrade() -> None:
    for name, table, *_ in FROZEN:
        _drop(name, table)
    _leaves(_left(held=f'(NEW.case_id IS NOT NULL AND {HELD})'))


def _leaves(refused: str) -> None:
    _drop('document_leaves', 'document')
    _guard('document_leaves', 'document', 'UPDATE', refused, LEAVES)


def _left(*, held: str) -> str:
    """What a document may not leave or enter, be it for another case file or for the inbox."""
    old, new = FILE_OF_CASE.format(case='OLD.case_id'), FILE_OF_CASE.format(case='NEW.case_id')
    plain = '{}' if _sqlite() else '{}::text'
    return (
        f"{_differs('case_id')} AND coalesce({plain.format(old)}, '') <> coalesce({plain.format(new)}, '') "
        f'AND ({EXECUTING.format(file=old)} OR {EXECUTING.format(file=new)} OR {held.format(file=old)})'
    )


def _differs(*columns: str) -> str:
    word = 'IS NOT' if _sqlite() else 'IS DISTINCT FROM'
    return '(' + ' OR '.join(f'NEW.{name} {word} OLD.{name}' for name in columns) + ')'


def _guard(name: str, table: str, event: str, refused: str, words: str) -> None:
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        return
    row = 'OLD' if event == 'DELETE' else 'NEW'
    op.execute(
        f'CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"IF {refused} THEN RAISE EXCEPTION '{words}'; END IF; RETURN {row}; END $$"
    )
    op.execute(f'CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{name}()')


def _drop(name: str, table: str) -> None:
    op.execute(f'DROP TRIGGER IF EXISTS {name}' + ('' if _sqlite() else f' ON {table}'))
    if not _sqlite():
        op.execute(f'DROP FUNCTION guard_{name}()')


def _sqlite() -> bool:
    return str(op.get_bind().dialect.name) == 'sqlite'
