"""The guards of retention events, which were lost when their table was made anew."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = "retention_event"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {TABLE}_guarded BEFORE DELETE ON {TABLE} WHEN NOT EXISTS "
            "(SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = OLD.case_file_id) "
            "BEGIN SELECT RAISE(ABORT, 'records go only by an approved destruction'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {TABLE}_guarded BEFORE DELETE ON {TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION guard_{TABLE}_guarded()"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {TABLE}_guarded")
        return
    op.execute(f"DROP TRIGGER {TABLE}_guarded ON {TABLE}")
    op.execute(f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE}")
