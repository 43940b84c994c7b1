"""The history keeps old and new values, whom somebody stood in for, and guards that know REPLACE and UPSERT."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Values go only with a case file that is being destroyed: those of its own entries, and those of entries
# about its documents and their incoming items, which may stand elsewhere.
ABOUT = {
    "sqlite": "CASE WHEN e.about_kind IN ('document', 'item') THEN replace(e.about_id, '-', '') END",
    "postgresql": "CASE WHEN e.about_kind IN ('document', 'item') THEN e.about_id::uuid END",
}
MAY_GO = (
    "EXISTS (SELECT 1 FROM history_entry e WHERE e.sequence = OLD.sequence AND ("
    "EXISTS (SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = e.case_file_id) OR "
    "EXISTS (SELECT 1 FROM document o JOIN business_case c ON c.id = o.case_id "
    "JOIN disposal d ON d.case_file_id = c.case_file_id AND d.state = 'executing' "
    "WHERE o.id = {about} OR o.item_id = {about})))"
)
NEXT_ENTRY = "NEW.sequence = coalesce((SELECT max(sequence) FROM history_entry), 0) + 1"
OF_LAST_ENTRY = (
    "NEW.sequence = (SELECT max(sequence) FROM history_entry) AND NOT EXISTS "
    "(SELECT 1 FROM history_value v WHERE v.sequence = NEW.sequence AND v.field = NEW.field)"
)
SQLITE = {
    # REPLACE would delete the old row without asking the guard of deletion.
    "history_entry_only_next": f"BEFORE INSERT ON history_entry WHEN NOT ({NEXT_ENTRY}) OR EXISTS "
    "(SELECT 1 FROM history_entry WHERE entry_hash = NEW.entry_hash)",
    "history_value_only_next": f"BEFORE INSERT ON history_value WHEN NOT ({OF_LAST_ENTRY})",
    "history_value_no_update": "BEFORE UPDATE ON history_value",
    "history_value_guarded": f"BEFORE DELETE ON history_value WHEN NOT {MAY_GO.format(about=ABOUT['sqlite'])}",
}
# PostgreSQL: function, what must hold, trigger, table, event
POSTGRESQL = (
    ("only_next_entry", NEXT_ENTRY, "history_entry_only_next", "history_entry", "INSERT"),
    ("only_next_value", OF_LAST_ENTRY, "history_value_only_next", "history_value", "INSERT"),
    ("guard_history_value", MAY_GO.format(about=ABOUT["postgresql"]), "history_value_guarded", "history_value", "DELETE"),
)


def upgrade() -> None:
    present = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("history_entry")}
    for column in (
        sa.Column("on_behalf_of", sa.String(length=80), nullable=True),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=True),
    ):
        if column.name not in present:
            op.add_column("history_entry", column)
    if not sa.inspect(op.get_bind()).has_table("history_value"):
        _create_values()
    if op.get_bind().dialect.name == "sqlite":
        for name, rule in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {rule} BEGIN SELECT RAISE(ABORT, 'the history only grows'); END")
    else:
        _guard_postgresql()


def _create_values() -> None:
    op.create_table(
        "history_value",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequence"],
            ["history_entry.sequence"],
            name=op.f("fk_history_value_sequence_history_entry"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("sequence", "field", name=op.f("pk_history_value")),
    )


def _guard_postgresql() -> None:
    for function, holds, trigger, table, event in POSTGRESQL:
        op.execute(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT ({holds}) THEN "
            f"RAISE EXCEPTION 'the history only grows'; END IF; RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$"
        )
        op.execute(f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
    op.execute(
        "CREATE TRIGGER history_value_no_update BEFORE UPDATE ON history_value "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER history_value_no_truncate BEFORE TRUNCATE ON history_value "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER history_value_no_update ON history_value")
        op.execute("DROP TRIGGER history_value_no_truncate ON history_value")
        for function, _, trigger, table, _ in POSTGRESQL:
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
            op.execute(f"DROP FUNCTION {function}()")
    # What the chain was built over is never thrown away: without it no later release could verify it.
    if not _holds("history_value", "TRUE"):
        op.drop_table("history_value")
    for column in ("changes", "on_behalf_of"):
        if not _holds("history_entry", f"{column} IS NOT NULL"):
            op.drop_column("history_entry", column)


def _holds(table: str, where: str) -> bool:
    return op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1")).first() is not None
