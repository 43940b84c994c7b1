"""Whatever an action changes is told in the history: found by reading the code of all actions.

A function changes something if it adds, deletes or updates rows or sets a field of a row, itself or through the
functions of ``eakte`` it calls; it must then write history in the same way, itself or through them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOGS = ("eakte.store.history", "record")
WRITING = frozenset({"add", "add_all", "delete", "merge"})
STATEMENTS = frozenset({"insert", "update", "delete"})
Function = tuple[str, str]

EXEMPT = {
    # Steps of actions that write the history themselves:
    "actions.alike.keep": "derived from the text of a reading, which is told",
    "actions.alike.fill": "as above, for texts that were read before there were fingerprints",
    "actions.exchange.begin_process": "told by the case files that are in it",
    "actions.messages.keep_message": "a kept message, told by what follows from it",
    "actions.messages.record_sent": "the moment of delivery",
    "actions.cases.next_reference": "the number is told by whoever gives it to a case file",
    "actions.destruction.delete_object": "told by the end of the destruction, named in its manifest",
    "actions.document_life.drop_lock": "told by checking in, signing or voiding",
    "actions.moving_documents.put": "told by moving, in both case files",
    "actions.migrating.go_on": "told by starting, resuming or solving an exception",
    "actions.migration_closing.leave_open": "what a run leaves open, told at its page; no record changes",
    "actions.migration_import.except_scan": "the worklist of a run, counted at its end; no record changes",
    "actions.migration_import.judge_lines": "what a run is going to do; what it does is told",
    "actions.migration_rollback.keep_file": "what a rollback leaves, counted at its end; no record changes",
    "actions.migration_rollback.keep_scan": "as above",
    "actions.holding.note_asked": "when the stock was asked; what was held then is told",
    "actions.rehousing_run.renumber": "told by the move of the case file",
    "actions.rule_preview.clear": "what an earlier comparison found: derived, made anew at any time",
    "actions.rule_preview.keep": "derived, as above; who ordered it is told",
    "actions.rule_preview.stop": "the fault of a job, for the page",
    "actions.users.post_of": "told by assigning the post",
    "actions.verdicts.keep_verdict": "derived from facts and rules, made anew at any time",
    "actions.verdicts.review": "derived, as above",
    "actions.versions.begin_reading": "told when the version was read or could not be",
    "actions.rereading.tidy": "derived files, told when the new reading was recorded",
    "actions.rehousing_run.stop": "the fault of a job, for the page; what moved before is told",
    "actions.scan_counts.order_split": "told by the check, or by who decided",
    "actions.scan_split.record_look": "told by the check that follows, with its counts",
    # What a person wants to be told of: no record changes, and what they read then is told as any read.
    "actions.alerts.follow": "one's own wish",
    "actions.alerts.keep": "derived, as above",
    "actions.alerts.mark_seen": "one's own mark",
    "actions.touring.end": "one's own mark",
    "actions.alerts.unfollow": "one's own wish",
    # Traces of signing in, not of records:
    "actions.limits.forget": "counts of attempts",
    "actions.limits.spend": "counts of attempts",
    "actions.quotas.take": "how much came in; what is received is told",
    "actions.attachments.document_for": "a part of filing, which tells it",
    "actions.outside.begin_flow": "a sign-in under way",
    "actions.outside.claim_flow": "a sign-in under way",
    "actions.outside.forget_flows": "a sign-in under way",
    "actions.sessions.forget": "sessions that are over",
    "actions.sessions.sign_out": "one's own session; signing in is told",
    "actions.sessions.touch": "the moment of the last request",
    "actions.tokens.note_use": "the moment of the last use",
    "actions.fixity.settle": "how far the check of what is stored has come; damage is told",
    # Set fields of tables and trees that are shown, not of rows:
    "actions.file_plan.tree": "counts of a tree that is shown",
    "actions.plan_files.export": "cells of a workbook",
}
"""Functions that change something and write no history, with the reason."""
UNCHANGED = {
    "item.downloaded", "item.proof_taken",
    "document.downloaded", "history.exported", "item.received_again", "exchange.failed", "exchange.differs",
    "exchange.unread",
    "person.signed_in", "object.damaged", "object.whole_again",
    "evidence.sealed", "evidence.renewed", "intake.unbalanced", "demo.begun", "demo.loaded", "bundle.loaded",
    # Secrets, and what tells it all in its detail:
    "person.password_set", "person.password_changed", "person.recovered", "person.locked", "person.sessions_ended",
    "person.linked", "token.made", "token.revoked",
    # The work of the machine, and tables loaded as a whole, counted in the detail:
    "document.reread_ordered", "document.reread_kept", "document.reread_fault",
    "keys.stock_encrypted",
    "item.read", "item.read_again", "item.proposed", "item.fault", "plan.imported", "rules.imported",
    "rule_draft.preview_ordered", "rule_draft.exported", "hold_order.exported",
    # Questions may quote records:
    "search.saved", "search.changed", "search.removed", "search.exported", "disposal_run.report_taken",
    "item.transfer_noted", "batch.inspection_begun", "separator.printed", "desk.exported", "data_request.exported",
}  # fmt: skip
"""Actions whose entries tell of no old and new values."""


@cache
def functions() -> dict[Function, ast.FunctionDef]:
    """Return every function of the actions and of the store, by module and name."""
    found: dict[Function, ast.FunctionDef] = {}
    for folder in ("actions", "store"):
        for path in sorted((ROOT / "eakte" / folder).glob("*.py")):
            module = f"eakte.{folder}.{path.stem}"
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef):
                    found[module, node.name] = node
    return found


@cache
def names(module: str) -> dict[str, Function]:
    """Return what the names in a module mean: functions of other modules, or the modules themselves."""
    tree = ast.parse((ROOT / Path(*module.split("."))).with_suffix(".py").read_text("utf-8"))
    meant: dict[str, Function] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("eakte"):
            for alias in node.names:
                meant[alias.asname or alias.name] = (node.module, alias.name)
    return meant


@cache
def called(function: Function) -> tuple[Function, ...]:
    """Return the functions that a function names, to call them or to hand them on."""
    return tuple(_called(function))


def _called(function: Function) -> Iterator[Function]:
    module, _ = function
    for node in ast.walk(functions()[function]):
        if isinstance(node, ast.Name):
            yield names(module).get(node.id, (module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            package, name = names(module).get(node.value.id, ("", ""))
            yield f"{package}.{name}", node.attr


@cache
def reach(function: Function) -> frozenset[Function]:
    """Return the function with everything of ``eakte`` it comes to."""
    seen: set[Function] = set()
    waiting = [function]
    while waiting:
        one = waiting.pop()
        if one not in seen and (one in functions() or one == LOGS):
            seen.add(one)
            waiting += called(one) if one != LOGS else ()
    return frozenset(seen)


@cache
def changes(function: Function) -> bool:
    """Whether the function itself changes rows."""
    if function[0] == LOGS[0]:
        return False
    return any(_changes(node) for node in ast.walk(functions()[function]))


def _changes(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        flat = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
        return any(isinstance(one, ast.Attribute) for one in flat)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id in STATEMENTS
    on_session = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    return on_session and node.func.attr in WRITING and node.func.value.id == "session"  # type: ignore[union-attr]  # just checked


@cache
def silent() -> list[str]:
    """Return the public actions that change something and tell nobody."""
    found = []
    for function in functions():
        module, name = function
        if not module.startswith("eakte.actions") or name.startswith("_"):
            continue
        arguments = [argument.arg for argument in functions()[function].args.args]
        touched = any(changes(one) for one in reach(function) if one in functions())
        if "session" in arguments and touched and LOGS not in reach(function):
            found.append(f"{module.removeprefix('eakte.')}.{name}")
    return sorted(found)


def test_the_walk_sees_what_actions_do() -> None:
    assert changes(("eakte.actions.cases", "close"))
    assert LOGS in reach(("eakte.actions.cases", "close"))
    assert LOGS not in reach(("eakte.actions.guard", "case_file_of"))
    assert not changes(("eakte.actions.guard", "case_file_of"))


def test_every_action_that_changes_something_writes_history() -> None:
    assert [name for name in silent() if name not in EXEMPT] == []


def test_no_exemption_is_left_over() -> None:
    assert [name for name in EXEMPT if name not in silent()] == []


def bare() -> Iterator[str]:
    """Yield the literal actions that are written without old and new values."""
    for path in sorted((ROOT / "eakte").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
                literal = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if "changes" not in {keyword.arg for keyword in node.keywords}:
                    yield from (str(one) for one in literal)


def test_every_entry_about_a_change_tells_old_and_new_values() -> None:
    assert sorted(set(bare()) - UNCHANGED) == []
