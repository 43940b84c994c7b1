"""Structure inside case files, and the life of documents: states, locks, versions, references.

Documents that are signed off or voided are frozen by triggers: metadata, versions, pages and renditions.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

EXECUTING = "EXISTS (SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = {file})"
DOCUMENT_OF_VERSION = "(SELECT v.document_id FROM document_version v WHERE v.id = {row}.version_id)"
FILE_OF_DOCUMENT = (
    "(SELECT c.case_file_id FROM business_case c JOIN document o ON o.case_id = c.id WHERE o.id = {document})"
)
IS_FROZEN = "EXISTS (SELECT 1 FROM document f WHERE f.id = {document} AND f.state IN ('final', 'voided'))"
KEPT = (
    'item_id', 'subject', 'document_type', 'direction', 'sender', 'foreign_reference', 'letter_date', 'filed_at',
    'filed_by', 'finalised_at', 'finalised_by',
)
VOIDED = ('voided_at', 'voided_by', 'void_reason')
# What of a document's content may not be changed once it is frozen: the table, how its rows name the document, and when.
FROZEN_PARTS = (
    ('document_version', '{row}.document_id', ('INSERT', 'UPDATE', 'DELETE')),
    ('page', DOCUMENT_OF_VERSION, ('INSERT', 'UPDATE', 'DELETE')),
    # A preservation copy may be added to a frozen version; what is there stays.
    ('rendition', DOCUMENT_OF_VERSION, ('UPDATE', 'DELETE')),
)


def _differs(columns: tuple[str, ...]) -> str:
    word = 'IS NOT' if op.get_bind().dialect.name == 'sqlite' else 'IS DISTINCT FROM'
    return ' OR '.join(f'NEW.{column} {word} OLD.{column}' for column in columns)


def _guards() -> list[tuple[str, str, str, str, str]]:
    """Name, table, event, condition and message of every trigger."""
    changed = (
        f"(OLD.state IN ('final', 'voided') AND ({_differs(KEPT)})) "
        f"OR (OLD.state = 'voided' AND ({_differs((*VOIDED, 'state'))})) "
        "OR (OLD.state = 'final' AND NEW.state NOT IN ('final', 'voided'))"
    )
    going = f"NOT {EXECUTING.format(file='OLD.case_file_id')}"
    found = [
        ('document_frozen', 'document', 'UPDATE', changed, 'a document that is signed off or voided never changes'),
        ('sub_file_guarded', 'sub_file', 'DELETE', going, 'records go only by an approved destruction'),
    ]
    for table, path, events in FROZEN_PARTS:
        for event in events:
            document = path.format(row='NEW' if event == 'INSERT' else 'OLD')
            when = IS_FROZEN.format(document=document)
            if event == 'DELETE':
                when += f" AND NOT {EXECUTING.format(file=FILE_OF_DOCUMENT.format(document=document))}"
            name = f'{table}_frozen_{event.lower()}'
            found.append((name, table, event, when, 'a document that is signed off or voided never changes'))
    return found


def _create_guards() -> None:
    for name, table, event, when, text in _guards():
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{text}'); END"
            )
            continue
        row = 'OLD' if event == 'DELETE' else 'NEW'
        op.execute(
            f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION '{text}'; END IF; RETURN {row}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{name}()")


def _drop_guards() -> None:
    for name, table, *_ in _guards():
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER {name}')
            continue
        op.execute(f'DROP TRIGGER {name} ON {table}')
        op.execute(f'DROP FUNCTION guard_{name}()')


@contextmanager
def _rebuilt_cases() -> Iterator[BatchOperations]:
    """Change the constraints of the cases.

    SQLite rebuilds the table for that: its own trigger (0002) is lost and made again, and triggers of other tables
    that read it must not be looked at while it has another name.
    """
    sqlite = op.get_bind().dialect.name == 'sqlite'
    if sqlite:
        op.execute('PRAGMA legacy_alter_table = ON')
    with op.batch_alter_table('business_case') as cases:
        yield cases
    if sqlite:
        op.execute('PRAGMA legacy_alter_table = OFF')
        op.execute(
            'CREATE TRIGGER business_case_guarded BEFORE DELETE ON business_case '
            f"WHEN NOT {EXECUTING.format(file='OLD.case_file_id')} "
            "BEGIN SELECT RAISE(ABORT, 'records go only by an approved destruction'); END"
        )


def upgrade() -> None:
    op.create_table('sub_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_file_id', sa.Uuid(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('opened_by', sa.String(length=200), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('closed_with_file', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_sub_file_case_file_id_case_file'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['parent_id'], ['sub_file.id'], name=op.f('fk_sub_file_parent_id_sub_file'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sub_file')),
    sa.UniqueConstraint('case_file_id', 'number', name=op.f('uq_sub_file_case_file_id_number'))
    )
    op.create_index(op.f('ix_sub_file_parent_id'), 'sub_file', ['parent_id'], unique=False)
    op.create_table('document_lock',
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('person_name', sa.String(length=200), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_lock_document_id_document'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_document_lock_person_id_person'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('document_id', name=op.f('pk_document_lock'))
    )
    op.create_index(op.f('ix_document_lock_person_id'), 'document_lock', ['person_id'], unique=False)
    op.create_table('document_reference',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['business_case.id'], name=op.f('fk_document_reference_case_id_business_case'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_reference_document_id_document'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_reference')),
    sa.UniqueConstraint('document_id', 'case_id', name=op.f('uq_document_reference_document_id_case_id'))
    )
    op.create_index(op.f('ix_document_reference_case_id'), 'document_reference', ['case_id'], unique=False)
    op.create_table('version_upload',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('filename', sa.String(length=500), nullable=False),
    sa.Column('remark', sa.String(length=500), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('fault_code', sa.String(length=60), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_version_upload_document_id_document'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sha256'], ['stored_object.sha256'], name=op.f('fk_version_upload_sha256_stored_object'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_version_upload'))
    )
    op.create_index(op.f('ix_version_upload_document_id'), 'version_upload', ['document_id'], unique=False)
    op.create_index(op.f('ix_version_upload_sha256'), 'version_upload', ['sha256'], unique=False)
    with _rebuilt_cases() as cases:
        cases.add_column(sa.Column('parent_id', sa.Uuid(), nullable=True))
        cases.add_column(sa.Column('sub_file_id', sa.Uuid(), nullable=True))
        cases.add_column(sa.Column('state', sa.String(length=40), nullable=False, server_default='open'))
        cases.add_column(sa.Column('closed_on', sa.Date(), nullable=True))
        cases.add_column(sa.Column('closed_with_file', sa.Boolean(), nullable=False, server_default=sa.false()))
        cases.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='1'))
        cases.create_index(op.f('ix_business_case_parent_id'), ['parent_id'])
        cases.create_index(op.f('ix_business_case_sub_file_id'), ['sub_file_id'])
        cases.create_foreign_key(op.f('fk_business_case_parent_id_business_case'), 'business_case', ['parent_id'], ['id'], ondelete='RESTRICT')
        cases.create_foreign_key(op.f('fk_business_case_sub_file_id_sub_file'), 'sub_file', ['sub_file_id'], ['id'], ondelete='RESTRICT')
    op.add_column('case_file', sa.Column('last_case', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('case_file', sa.Column('last_sub_file', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('document', sa.Column('state', sa.String(length=40), nullable=False, server_default='registered'))
    op.add_column('document', sa.Column('finalised_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('document', sa.Column('finalised_by', sa.String(length=200), nullable=True))
    op.add_column('document', sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('document', sa.Column('voided_by', sa.String(length=200), nullable=True))
    op.add_column('document', sa.Column('void_reason', sa.Text(), nullable=True))
    op.add_column('document_version', sa.Column('filename', sa.String(length=500), nullable=False, server_default=''))
    op.add_column('document_version', sa.Column('created_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('document_version', sa.Column('created_by', sa.String(length=200), nullable=False, server_default=''))
    op.add_column('document_version', sa.Column('remark', sa.String(length=500), nullable=False, server_default=''))
    _bring_existing_records_along()
    _create_guards()


def _bring_existing_records_along() -> None:
    op.execute("UPDATE document SET state = 'draft' WHERE case_id IS NULL")
    op.execute(
        'UPDATE case_file SET last_case = '
        'COALESCE((SELECT MAX(c.number) FROM business_case c WHERE c.case_file_id = case_file.id), 0)'
    )
    op.execute(
        "UPDATE business_case SET state = 'closed', closed_with_file = true, "
        'closed_on = (SELECT f.closed_on FROM case_file f WHERE f.id = business_case.case_file_id) '
        "WHERE case_file_id IN (SELECT f.id FROM case_file f WHERE f.state <> 'open')"
    )
    item = 'SELECT i.{} FROM incoming_item i JOIN document d ON d.item_id = i.id WHERE d.id = document_version.document_id'
    op.execute(
        f"UPDATE document_version SET filename = ({item.format('filename')}), "
        f"created_at = ({item.format('received_at')}), created_by = ({item.format('received_by')})"
    )


def downgrade() -> None:
    _drop_guards()
    for column in ('remark', 'created_by', 'created_at', 'filename'):
        op.drop_column('document_version', column)
    for column in ('void_reason', 'voided_by', 'voided_at', 'finalised_by', 'finalised_at', 'state'):
        op.drop_column('document', column)
    op.drop_column('case_file', 'last_sub_file')
    op.drop_column('case_file', 'last_case')
    with _rebuilt_cases() as cases:
        cases.drop_constraint(op.f('fk_business_case_sub_file_id_sub_file'), type_='foreignkey')
        cases.drop_constraint(op.f('fk_business_case_parent_id_business_case'), type_='foreignkey')
        cases.drop_index(op.f('ix_business_case_sub_file_id'))
        cases.drop_index(op.f('ix_business_case_parent_id'))
        for column in ('revision', 'closed_with_file', 'closed_on', 'state', 'sub_file_id', 'parent_id'):
            cases.drop_column(column)
    for table in ('version_upload', 'document_reference', 'document_lock', 'sub_file'):
        op.drop_table(table)
