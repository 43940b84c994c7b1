"""Every address of the web interface on one page, with the permission it needs."""

from __future__ import annotations

from eakte.records.access import Permission
from eakte.services import CALLBACK
from eakte.web import assets
from eakte.web.edge import Route
from eakte.web.pages import (
    account,
    case_files,
    disposal,
    documents,
    find,
    history,
    inbox,
    session,
    sign_in_service,
    structure,
    upload,
)

_ITEM = "/posteingang/<uuid:item_id>"
_DOCUMENT = "/dokumente/<uuid:document_id>"
_FILE = "/akten/<uuid:case_file_id>"
_CASE = "/vorgaenge/<uuid:case_id>"
_SUB_FILE = "/teilakten/<uuid:sub_file_id>"
_DISPOSAL = "/aussonderung/<uuid:disposal_id>"

ROUTES = (
    Route("GET", "/anmelden", session.form, Permission.PUBLIC),
    Route("POST", "/anmelden", session.sign_in, Permission.PUBLIC, before=session.examine),
    Route("GET", "/anmelden/dienst", sign_in_service.start, Permission.PUBLIC, sign_in_service.prepare, writes=True),
    Route("GET", CALLBACK, sign_in_service.finish, Permission.PUBLIC, sign_in_service.prove, writes=True),
    Route("GET", "/gesund", session.health, Permission.PUBLIC),
    Route("GET", "/v/<name>", assets.deliver, Permission.PUBLIC),
    Route("POST", "/abmelden", session.sign_out, Permission.ACCOUNT, before=session.leave),
    Route("POST", "/darstellung", session.theme, Permission.SIGNED_IN),
    Route("GET", "/konto", account.show, Permission.SIGNED_IN),
    Route("GET", "/konto/kennwort", account.password, Permission.ACCOUNT),
    Route("POST", "/konto/kennwort", account.change_password, Permission.ACCOUNT),
    Route("POST", "/konto/sitzungen/beenden", account.end_others, Permission.SIGNED_IN),
    Route("POST", "/konto/sitzungen/<uuid:session_id>/beenden", account.end_session, Permission.SIGNED_IN),
    Route("GET", "/konto/schluessel", account.list_tokens, Permission.SIGNED_IN),
    Route("POST", "/konto/schluessel", account.make_token, Permission.SIGNED_IN),
    Route("POST", "/konto/schluessel/<uuid:token_id>/widerrufen", account.revoke_token, Permission.SIGNED_IN),
    Route("GET", "/", session.start, Permission.SIGNED_IN),
    Route("GET", "/willkommen", session.nothing, Permission.SIGNED_IN),
    Route("GET", "/posteingang", inbox.start, Permission.FILE),
    Route("GET", "/posteingang/lesen", inbox.reading, Permission.FILE, polls=True),
    Route("GET", "/stoerungen", inbox.faults, Permission.FILE),
    Route("GET", _ITEM, inbox.item, Permission.FILE),
    Route("GET", f"{_ITEM}/vorgaenge", inbox.cases, Permission.FILE),
    Route("GET", f"{_ITEM}/akten", inbox.choose, Permission.FILE),
    Route("GET", f"{_ITEM}/original", inbox.original, Permission.FILE, writes=True),
    Route("POST", f"{_ITEM}/ablegen", inbox.file, Permission.FILE),
    Route("POST", f"{_ITEM}/nicht-aktenrelevant", inbox.drop, Permission.FILE),
    Route("POST", f"{_ITEM}/weiterleiten", inbox.forward, Permission.FILE),
    Route("POST", f"{_ITEM}/erneut", inbox.retry, Permission.FILE),
    Route("GET", "/hochladen", upload.form, Permission.UPLOAD),
    Route("POST", "/hochladen", upload.receive, Permission.UPLOAD, before=upload.store),
    Route("GET", "/hochladen/<uuid:item_id>", upload.state, Permission.UPLOAD, polls=True),
    Route("GET", "/suche", find.page, Permission.READ),
    Route("GET", "/suche/vorschau", find.preview, Permission.READ),
    Route("GET", "/akten", case_files.listing, Permission.READ),
    Route("GET", "/akten/neu", case_files.new, Permission.OPEN_FILE),
    Route("POST", "/akten", case_files.create, Permission.OPEN_FILE),
    Route("GET", "/aktenplan", case_files.plan, Permission.READ),
    Route("GET", _FILE, case_files.show, Permission.READ),
    Route("POST", f"{_FILE}/vorgaenge", structure.open_case, Permission.OPEN_FILE),
    Route("POST", f"{_FILE}/teilakten", structure.open_sub_file, Permission.OPEN_FILE),
    Route("POST", f"{_CASE}/umbenennen", structure.rename_case, Permission.OPEN_FILE),
    Route("POST", f"{_CASE}/abschliessen", structure.close_case, Permission.CLOSE),
    Route("POST", f"{_CASE}/wieder-oeffnen", structure.reopen_case, Permission.REOPEN),
    Route("POST", f"{_SUB_FILE}/umbenennen", structure.rename_sub_file, Permission.OPEN_FILE),
    Route("POST", f"{_SUB_FILE}/abschliessen", structure.close_sub_file, Permission.CLOSE),
    Route("POST", f"{_SUB_FILE}/wieder-oeffnen", structure.reopen_sub_file, Permission.REOPEN),
    Route("POST", f"{_FILE}/zda", case_files.close, Permission.CLOSE),
    Route("POST", f"{_FILE}/wieder-oeffnen", case_files.reopen, Permission.REOPEN),
    Route("POST", f"{_FILE}/ereignis", case_files.record_event, Permission.CLOSE),
    Route("POST", f"{_FILE}/loeschsperre", case_files.place_hold, Permission.HOLD),
    Route("POST", f"{_FILE}/loeschsperre/<uuid:hold_id>/aufheben", case_files.lift_hold, Permission.HOLD),
    Route("GET", _DOCUMENT, documents.show, Permission.READ),
    Route("GET", f"{_DOCUMENT}/seiten/<int:number>.webp", documents.image, Permission.READ),
    Route("GET", f"{_DOCUMENT}/seiten/<int:number>-klein.webp", documents.thumbnail, Permission.READ),
    Route("GET", f"{_DOCUMENT}/seiten/<int:number>/woerter", documents.words, Permission.READ),
    Route("GET", f"{_DOCUMENT}/text", documents.text, Permission.READ),
    Route("GET", f"{_DOCUMENT}/original", documents.original, Permission.READ, writes=True),
    Route("GET", f"{_DOCUMENT}/pdf", documents.pdf, Permission.READ, writes=True),
    Route("POST", f"{_DOCUMENT}/rueckgaengig", inbox.undo, Permission.FILE),
    Route("GET", "/aussonderung", disposal.worklist, Permission.DISPOSE),
    Route("POST", "/aussonderung/vernichtung", disposal.propose, Permission.DISPOSE),
    Route("POST", "/aussonderung/anbietung", disposal.offer, Permission.DISPOSE),
    Route("POST", "/aussonderung/verfahren/<uuid:process_id>/uebergabe", disposal.hand_over, Permission.DISPOSE),
    Route("POST", f"{_DISPOSAL}/freigabe", disposal.approve, Permission.DISPOSE),
    Route("POST", f"{_DISPOSAL}/ablehnung", disposal.reject, Permission.DISPOSE),
    Route("GET", f"{_DISPOSAL}/nachweis.pdf", disposal.certificate, Permission.DISPOSE),
    Route("GET", f"{_DISPOSAL}/nachweis.json", disposal.certificate_json, Permission.DISPOSE),
    Route("GET", "/protokoll", history.listing, Permission.HISTORY),
    Route("GET", "/protokoll/pruefung", history.verify, Permission.HISTORY),
)
