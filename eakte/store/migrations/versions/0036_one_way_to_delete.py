"""One way to delete, held by the database: a destruction executes only as the history tells that it may."""

from typing import Any

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# What differs between the two kinds of database.
WORDS: dict[str, dict[str, Any]] = {
    "sqlite": {
        "text": lambda key: "-".join(
            f"' || substr({key}, {start}, {length}) || '" for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        ),
        "of": lambda column, name: f"json_extract({column}, '$.{name}')",
        "has": lambda column, name, key: (
            f"EXISTS (SELECT 1 FROM json_each({column}, '$.{name}') l WHERE replace(l.value, '-', '') = {key})"
        ),
        # Times are kept in UTC; two hours are the most that Berlin is ahead of it.
        "day": lambda at: f"date({at}, '+2 hours')",
        "iso": lambda column: column,
        "differs": "IS NOT",
        "plain": lambda column: column,
    },
    "postgresql": {
        "text": lambda key: f"' || {key}::text || '",
        "of": lambda column, name: f"({column} ->> '{name}')",
        "has": lambda column, name, key: f"coalesce(({column} -> '{name}')::jsonb ? {key}::text, FALSE)",
        "day": lambda at: f"({at} AT TIME ZONE 'Europe/Berlin')::date",
        "iso": lambda column: f"({column})::text",
        "differs": "IS DISTINCT FROM",
        "plain": lambda column: f"{column}::text",
    },
}

GOES_ONLY = "records go only by an approved destruction"
EXECUTING = "EXISTS (SELECT 1 FROM disposal d WHERE d.state = 'executing' AND d.case_file_id = {file})"
FILE_OF_CASE = "(SELECT c.case_file_id FROM business_case c WHERE c.id = {case})"
REREAD = "EXISTS (SELECT 1 FROM rereading r WHERE r.document_id = v.document_id AND r.state = 'ordered')"
DISPOSAL_MOVES = (
    ("proposed", "approved"), ("proposed", "rejected"), ("approved", "executing"), ("approved", "rejected"),
    ("executing", "done"),
)
FILE_MOVES = (
    ("open", "closed"), ("open", "voided"), ("voided", "open"), ("closed", "open"), ("closed", "offered"),
    ("closed", "destroyed"), ("offered", "evaluated_archive"), ("offered", "evaluated_destroy"), ("offered", "closed"),
    ("evaluated_archive", "transferred"), ("evaluated_archive", "closed"), ("evaluated_destroy", "destroyed"),
    ("evaluated_destroy", "closed"), ("transferred", "archived"),
    ("transferred", "evaluated_archive"), ("archived", "destroyed"),
)
EMPTIED = ("document", "business_case", "sub_file", "incoming_item", "document_version", "disposal_hold",
           "retention_event", "paper_part", "disposal", "destruction_certificate", "disposal_message", "case_file", "page", "rendition")


def _words() -> dict[str, Any]:
    return WORDS[op.get_bind().dialect.name]


def _text(key: str) -> str:
    """The id as the history writes it, with hyphens."""
    return f"'{_words()['text'](key)}'"


def _not_among(moves: tuple[tuple[str, str], ...]) -> str:
    return " AND ".join(f"NOT (OLD.state = '{a}' AND NEW.state = '{b}')" for a, b in moves)


def _changed(*columns: str) -> str:
    word, plain = _words()["differs"], _words()["plain"]
    return "(" + " OR ".join(f"{plain(f'NEW.{name}')} {word} {plain(f'OLD.{name}')}" for name in columns) + ")"


def _told(action: str, *, about: str = "", more: str = "") -> str:
    """The history tells so of the case file of the destruction."""
    of = f"h.about_id = {about} AND " if about else ""
    also = f" AND {more}" if more else ""
    return (
        f"EXISTS (SELECT 1 FROM history_entry h WHERE {of}h.action IN ({action}) "
        f"AND h.case_file_id = NEW.case_file_id{also})"
    )


TWO_PEOPLE = (
    "NEW.proposed_by_id IS NOT NULL AND NEW.decided_by_id IS NOT NULL AND NEW.proposed_by_id <> NEW.decided_by_id "
    "AND NEW.decided_at IS NOT NULL AND NEW.not_before IS NOT NULL"
)


def _may_execute(*, states: str) -> str:
    """What must hold before the first row goes; the history is asked, for it alone cannot be written anew."""
    words = _words()
    of, day, iso = words["of"], words["day"]("e.at"), words["iso"]
    about = _text("NEW.id")
    proposed = _told("'disposal.proposed'", about=about, more="h.actor_id = NEW.proposed_by_id")
    not_before = f"{of('h.detail', 'not_before')} = {iso('NEW.not_before')}"
    approved = _told("'disposal.approved'", about=about, more=f"h.actor_id = NEW.decided_by_id AND {not_before}")
    closed = _told("'case_file.closed'", more=f"{of('h.detail', 'closed_on')} = {iso('f.closed_on')}")
    lifted = _told("'hold.lifted'", more=f"{of('h.detail', 'hold')} = {_text('o.id')}")
    recorded = _told(
        "'event.recorded', 'event.corrected'",
        more=f"{of('h.detail', 'trigger')} = v.trigger AND {of('h.detail', 'on')} = {iso('v.happened_on')}",
    )
    held = (
        f"EXISTS (SELECT 1 FROM disposal_hold o WHERE o.case_file_id = f.id "
        f"AND (o.lifted_on IS NULL OR o.lifted_on > {day} OR NOT {lifted}))"
    )
    lost_hold = _told(
        "'hold.placed'",
        more=f"{of('h.detail', 'hold')} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM disposal_hold o "
        f"WHERE o.case_file_id = NEW.case_file_id AND {_text('o.id')} = {of('h.detail', 'hold')})",
    )
    untold_event = (
        f"EXISTS (SELECT 1 FROM retention_event v WHERE v.case_file_id = f.id AND NOT {recorded})"
    )
    decided = "EXISTS (SELECT 1 FROM history_entry h WHERE h.case_file_id = f.id AND "
    decided += f"{of('h.detail', 'state')} = f.state AND {of('h.detail', 'process')} = {_text('f.process_id')})"
    appraised = (
        "((f.state = 'closed' AND EXISTS (SELECT 1 FROM retention_rule r WHERE r.rule_id = NEW.rule_id "
        f"AND r.action = 'V')) OR (f.state IN ('evaluated_destroy', 'archived') AND {decided}))"
    )
    if states == "destroyed":  # as a bundle brings it: the file is hidden already, and some of it may be gone
        facts = "f.state = 'destroyed'"
    else:
        facts = f"{appraised} AND NOT {held} AND NOT {lost_hold} AND NOT {untold_event}"
    return (
        f"{TWO_PEOPLE} AND NEW.rule_id IS NOT NULL AND {proposed} AND {approved} AND EXISTS "
        f"(SELECT 1 FROM history_entry e JOIN case_file f ON f.id = NEW.case_file_id WHERE e.about_id = {about} "
        f"AND e.action = 'disposal.begun' AND e.case_file_id = NEW.case_file_id AND NEW.not_before <= {day} "
        f"AND f.closed_on IS NOT NULL AND {closed} "
        f"AND {of('NEW.manifest', 'retention_end')} < {iso(day)} AND {of('NEW.manifest', 'items')} IS NOT NULL AND {facts})"
    )


def _unlisted(item: str) -> str:
    """No destruction that executes has written down that the item goes; those begun before this guard list none."""
    of, has = _words()["of"], _words()["has"]
    return (
        f"NOT EXISTS (SELECT 1 FROM disposal d WHERE d.state = 'executing' AND ({of('d.manifest', 'items')} IS NULL "
        f"OR {has('d.manifest', 'items', item)} OR {has('d.manifest', 'sources', item)}))"
    )


def _of_document(document: str) -> str:
    """The document is of no file that is being destroyed, and does not go along with one."""
    return (
        f"EXISTS (SELECT 1 FROM document o WHERE o.id = {document} AND {_unlisted('o.item_id')} AND NOT EXISTS "
        "(SELECT 1 FROM business_case c JOIN disposal d ON d.case_file_id = c.case_file_id AND d.state = 'executing' "
        "WHERE c.id = o.case_id))"
    )


def _of_version() -> str:
    return (
        f"EXISTS (SELECT 1 FROM document_version v WHERE v.id = OLD.version_id AND NOT {REREAD} "
        f"AND {_of_document('v.document_id')})"
    )


def _guards() -> list[tuple[str, str, str, str, str]]:
    """Name, table, event, what is refused, and the words of the refusal."""
    refused = "a destruction moves only as two people and the history say"
    frozen = _changed("id", "case_file_id", "reason", "proposed_by_id", "proposed_by", "proposed_at")
    begun = _changed("rule_id", "explanation", "manifest", "decided_by_id", "decided_by", "decided_at", "not_before")
    moved = (
        f"OLD.state <> NEW.state AND (({_not_among(DISPOSAL_MOVES)}) "
        f"OR (NEW.state = 'approved' AND NOT ({TWO_PEOPLE})) "
        f"OR (NEW.state = 'executing' AND NOT coalesce(({_may_execute(states='closed')}), 1 = 0)) "
        "OR (NEW.state = 'done' AND (EXISTS (SELECT 1 FROM business_case b WHERE b.case_file_id = NEW.case_file_id) "
        "OR NOT EXISTS (SELECT 1 FROM destruction_certificate p WHERE p.disposal_id = NEW.id))))"
    )
    born = (
        "(NEW.state = 'proposed' AND NEW.decided_by_id IS NOT NULL) "
        f"OR (NEW.state = 'approved' AND NOT ({TWO_PEOPLE})) "
        f"OR (NEW.state IN ('executing', 'done') AND NOT coalesce(({_may_execute(states='destroyed')}), 1 = 0))"
    )
    approved = _changed("decided_by_id", "decided_by", "decided_at", "not_before")
    certified = "NOT EXISTS (SELECT 1 FROM disposal d WHERE d.id = NEW.disposal_id AND d.state IN ('executing', 'done'))"
    held = "EXISTS (SELECT 1 FROM disposal_hold o WHERE o.case_file_id = {file} AND o.lifted_on IS NULL)"
    crossing = f"NEW.case_file_id <> OLD.case_file_id AND ({EXECUTING.format(file='OLD.case_file_id')} OR "
    crossing += f"{EXECUTING.format(file='NEW.case_file_id')} OR {held.format(file='OLD.case_file_id')})"
    old_file, new_file = FILE_OF_CASE.format(case="OLD.case_id"), FILE_OF_CASE.format(case="NEW.case_id")
    left = (
        f"{_changed('case_id')} AND coalesce({_words()['plain'](old_file)}, '') <> "
        f"coalesce({_words()['plain'](new_file)}, '') AND ({EXECUTING.format(file=old_file)} "
        f"OR {EXECUTING.format(file=new_file)} OR (NEW.case_id IS NOT NULL AND {held.format(file=old_file)}))"
    )
    of_file = f"NOT {EXECUTING.format(file='OLD.case_file_id')}"
    stays, nothing = "it is moved only as the rules of records say", "proofs stay as they are"
    hold = "a hold stays as it was placed, until it is lifted"
    return [
        ("disposal_born", "disposal", "INSERT", born, refused),
        ("disposal_moved", "disposal", "UPDATE", moved, refused),
        (
            "disposal_frozen", "disposal", "UPDATE",
            f"{frozen} OR (OLD.state IN ('executing', 'done', 'rejected') AND {begun}) "
            f"OR (OLD.state = 'done' AND {_changed('done_at')}) "
            f"OR (OLD.state = 'approved' AND NEW.state <> 'rejected' AND {approved})",
            refused,
        ),
        ("disposal_kept", "disposal", "DELETE", "1 = 1", nothing),
        ("destruction_certificate_born", "destruction_certificate", "INSERT", certified, nothing),
        ("destruction_certificate_frozen", "destruction_certificate", "UPDATE", "1 = 1", nothing),
        ("destruction_certificate_kept", "destruction_certificate", "DELETE", "1 = 1", nothing),
        ("disposal_message_kept", "disposal_message", "DELETE", "1 = 1", nothing),
        (
            "case_file_moved", "case_file", "UPDATE",
            f"(OLD.state <> NEW.state AND (({_not_among(FILE_MOVES)}) "
            f"OR (NEW.state = 'destroyed' AND NOT {EXECUTING.format(file='NEW.id')}))) "
            f"OR (OLD.state = NEW.state AND OLD.state <> 'open' AND {_changed('closed_on')}) OR {_changed('id')}",
            stays,
        ),
        ("disposal_hold_guarded", "disposal_hold", "DELETE", of_file, hold),
        (
            "disposal_hold_frozen", "disposal_hold", "UPDATE",
            f"{_changed('id', 'case_file_id', 'placed_on', 'placed_by')} "
            f"OR (OLD.lifted_on IS NOT NULL AND {_changed('lifted_on', 'lifted_by', 'lift_reason')}) "
            "OR (NEW.lifted_on IS NOT NULL AND (NEW.lifted_on < NEW.placed_on OR coalesce(NEW.lifted_by, '') = '' "
            "OR coalesce(NEW.lift_reason, '') = ''))",
            hold,
        ),
        ("retention_event_guarded", "retention_event", "DELETE", of_file, GOES_ONLY),
        (
            "document_leaves", "document", "UPDATE", left,
            "nothing leaves a held file, and nothing enters or leaves one that is being destroyed",
        ),
        ("business_case_leaves", "business_case", "UPDATE", crossing,
         "nothing leaves a held file, and nothing enters or leaves one that is being destroyed"),
        ("sub_file_leaves", "sub_file", "UPDATE", crossing,
         "nothing leaves a held file, and nothing enters or leaves one that is being destroyed"),
        ("incoming_item_guarded", "incoming_item", "DELETE", _unlisted("OLD.id"), GOES_ONLY),
        ("document_version_guarded", "document_version", "DELETE", _of_document("OLD.document_id"),
         GOES_ONLY),
        ("page_guarded", "page", "DELETE", _of_version(), GOES_ONLY),
        ("rendition_guarded", "rendition", "DELETE", _of_version(), GOES_ONLY),
        ("paper_part_guarded", "paper_part", "DELETE", of_file, GOES_ONLY),
    ]  # fmt: skip


def upgrade() -> None:
    for name, table, event, refused, words in _guards():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
            continue
        row = "OLD" if event == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {refused} THEN RAISE EXCEPTION '{words}'; END IF; RETURN {row}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{name}()")
    if op.get_bind().dialect.name == "postgresql":
        for table in EMPTIED:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, *_ in _guards():
        op.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION guard_{name}()")
    if not sqlite:
        for table in EMPTIED:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
