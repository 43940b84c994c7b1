"""Every reference of a case file that was ever given: the database refuses to give one twice, also after destruction."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

GIVEN = "INSERT INTO given_reference (reference, record_id) VALUES (NEW.file_reference, NEW.id) ON CONFLICT DO NOTHING"
TAKEN = "EXISTS (SELECT 1 FROM given_reference g WHERE g.reference = {row} AND g.record_id <> {id})"
OF_A_FILE = TAKEN.format(row="NEW.file_reference", id="NEW.id")
OF_AN_ALIAS = TAKEN.format(row="NEW.reference", id="NEW.record_id")


def upgrade() -> None:
    op.create_table(
        "given_reference",
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_given_reference")),
    )
    op.execute("INSERT INTO given_reference (reference, record_id) SELECT file_reference, id FROM case_file")
    op.execute(
        "INSERT INTO given_reference (reference, record_id) SELECT reference, record_id FROM reference_alias "
        "WHERE kind = 'case_file' ON CONFLICT DO NOTHING"
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    for name, event in (("new", "INSERT"), ("changed", "UPDATE OF file_reference")):
        op.execute(
            f"CREATE TRIGGER case_file_reference_{name} AFTER {event} ON case_file BEGIN "
            f"SELECT RAISE(ABORT, 'a reference is given once') WHERE {OF_A_FILE}; {GIVEN}; END"
        )
    op.execute(
        "CREATE TRIGGER reference_alias_own BEFORE INSERT ON reference_alias "
        f"WHEN NEW.kind = 'case_file' AND {OF_AN_ALIAS} BEGIN SELECT RAISE(ABORT, 'a reference is given once'); END"
    )
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER given_reference_no_{event.lower()} BEFORE {event} ON given_reference "
            "BEGIN SELECT RAISE(ABORT, 'references are never taken back'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_reference() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{GIVEN}; IF {OF_A_FILE} THEN RAISE EXCEPTION 'a reference is given once' USING ERRCODE = 'unique_violation'; "
        "END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER case_file_reference_given AFTER INSERT OR UPDATE OF file_reference ON case_file "
        "FOR EACH ROW EXECUTE FUNCTION keep_reference()"
    )
    op.execute(
        "CREATE FUNCTION own_reference() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.kind = 'case_file' AND {OF_AN_ALIAS} THEN "
        "RAISE EXCEPTION 'a reference is given once' USING ERRCODE = 'unique_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER reference_alias_own BEFORE INSERT ON reference_alias "
        "FOR EACH ROW EXECUTE FUNCTION own_reference()"
    )
    op.execute(
        "CREATE TRIGGER given_reference_no_change BEFORE UPDATE OR DELETE ON given_reference "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER given_reference_no_truncate BEFORE TRUNCATE ON given_reference "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("case_file_reference_new", "case_file_reference_changed", "reference_alias_own"):
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER case_file_reference_given ON case_file")
        op.execute("DROP TRIGGER reference_alias_own ON reference_alias")
        op.execute("DROP FUNCTION keep_reference()")
        op.execute("DROP FUNCTION own_reference()")
    op.drop_table("given_reference")
