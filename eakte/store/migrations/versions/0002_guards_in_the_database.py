"""Guards in the database: the history only grows, and records go only while a destruction executes."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Rows that hold records, and how to come from the row that goes to its case file.
RECORDS = {
    "document": "SELECT c.case_file_id FROM business_case c WHERE c.id = OLD.case_id",
    "business_case": "SELECT OLD.case_file_id",
}
EXECUTING = "EXISTS (SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = ({path}))"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_entry_no_{event.lower()} BEFORE {event} ON history_entry "
                "BEGIN SELECT RAISE(ABORT, 'the history only grows'); END"
            )
        for table, path in RECORDS.items():
            op.execute(
                f"CREATE TRIGGER {table}_guarded BEFORE DELETE ON {table} "
                f"WHEN NOT {EXECUTING.format(path=path)} "
                "BEGIN SELECT RAISE(ABORT, 'records go only by an approved destruction'); END"
            )
        op.execute(
            "CREATE TRIGGER case_file_guarded BEFORE DELETE ON case_file "
            "BEGIN SELECT RAISE(ABORT, 'a case file stays as a tombstone'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% may not change this way', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER history_entry_no_change BEFORE UPDATE OR DELETE ON history_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER history_entry_no_truncate BEFORE TRUNCATE ON history_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER case_file_guarded BEFORE DELETE ON case_file FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    for table, path in RECORDS.items():
        op.execute(
            f"CREATE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NOT {EXECUTING.format(path=path)} THEN "
            "RAISE EXCEPTION 'records go only by an approved destruction'; END IF; RETURN OLD; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_guarded BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{table}()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("history_entry_no_update", "history_entry_no_delete", "case_file_guarded"):
            op.execute(f"DROP TRIGGER {name}")
        for table in RECORDS:
            op.execute(f"DROP TRIGGER {table}_guarded")
        return
    for name in ("history_entry_no_change", "history_entry_no_truncate"):
        op.execute(f"DROP TRIGGER {name} ON history_entry")
    op.execute("DROP TRIGGER case_file_guarded ON case_file")
    for table in RECORDS:
        op.execute(f"DROP TRIGGER {table}_guarded ON {table}")
        op.execute(f"DROP FUNCTION guard_{table}()")
    op.execute("DROP FUNCTION refuse_change()")
