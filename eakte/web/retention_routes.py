"""Every address of retention, disposal and data protection, with the permission it needs."""

from __future__ import annotations

from eakte.records.access import Permission
from eakte.web.edge import Route
from eakte.web.pages import (
    archive_arrivals,
    data_requests,
    desk,
    disposal,
    disposal_runs,
    events,
    evidence,
    exchange,
    restrictions,
)

_DOCUMENT = "/dokumente/<uuid:document_id>"
_FILE = "/akten/<uuid:case_file_id>"
_REQUEST = "/datenschutz/antraege/<uuid:request_id>"
_REQUEST_FILE = "/datenschutz/antragsakten/<uuid:record_id>"
_RESTRICTION = "/datenschutz/einschraenkungen/<uuid:restriction_id>"
_DISPOSAL = "/aussonderung/<uuid:disposal_id>"
_DISPOSAL_RUNS = "/aussonderung/laeufe"
_ARCHIVE_MESSAGE = "/aussonderung/archiv/nachrichten/<uuid:message_id>"
_DISPOSAL_RUN = f"{_DISPOSAL_RUNS}/<uuid:disposal_run_id>"
_REPORT = f"{_DISPOSAL_RUN}/berichte/<kind>"

RETENTION_ROUTES = (
    Route("GET", "/fristen", desk.page, Permission.DISPOSE),
    Route("GET", "/fristen/zahlen", desk.counts, Permission.DISPOSE),
    Route("GET", "/fristen/tabelle.csv", desk.table, Permission.DISPOSE, writes=True),
    Route("GET", "/fristen/vorausschau", desk.forecast, Permission.DISPOSE),
    Route("GET", "/fristen/vorausschau.csv", desk.forecast_table, Permission.DISPOSE),
    Route("GET", "/fristen/ereignisse", events.page, Permission.EVENT),
    Route("POST", "/fristen/ereignisse", events.record_on_all, Permission.EVENT),
    Route("GET", "/fristen/ereignisse.csv", events.table, Permission.EVENT, writes=True),
    Route("GET", "/fristen/akten/<uuid:case_file_id>", desk.why, Permission.READ),
    Route("GET", "/aussonderung", disposal.worklist, Permission.DISPOSE),
    Route("POST", "/aussonderung/vernichtung", disposal.propose, Permission.DISPOSE),
    Route("POST", "/aussonderung/anbietung", disposal.offer, Permission.DISPOSE),
    Route("POST", "/aussonderung/verfahren/<uuid:process_id>/uebergabe", disposal.hand_over, Permission.DISPOSE),
    Route("POST", f"{_DISPOSAL}/freigabe", disposal.approve, Permission.DISPOSE),
    Route("POST", f"{_DISPOSAL}/ablehnung", disposal.reject, Permission.DISPOSE),
    Route("GET", f"{_DISPOSAL}/nachweis.pdf", disposal.certificate, Permission.DISPOSE),
    Route("GET", f"{_DISPOSAL}/nachweis.json", disposal.certificate_json, Permission.DISPOSE),
    Route("GET", f"{_DISPOSAL}/nachweis.json.p7s", disposal.certificate_signature, Permission.DISPOSE),
    Route("GET", _DISPOSAL_RUNS, disposal_runs.listing, Permission.DISPOSAL_RUNS),
    Route("POST", _DISPOSAL_RUNS, disposal_runs.create, Permission.DISPOSAL_RUNS),
    Route("GET", _DISPOSAL_RUN, disposal_runs.page, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/akten", disposal_runs.add, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/herausnehmen", disposal_runs.take_out, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/weiter", disposal_runs.go_on, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/antwort", disposal_runs.answer, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/wunsch", disposal_runs.decide_wish, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/bewertung", disposal_runs.appraise, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/uebernahme", disposal_runs.take_over, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/freigabe", disposal_runs.approve, Permission.DISPOSAL_RUNS),
    Route("POST", f"{_DISPOSAL_RUN}/abbruch", disposal_runs.cancel, Permission.DISPOSAL_RUNS),
    Route("GET", f"{_REPORT}.pdf", disposal_runs.report_pdf, Permission.DISPOSAL_RUNS, writes=True),
    Route("GET", f"{_REPORT}.csv", disposal_runs.report_csv, Permission.DISPOSAL_RUNS, writes=True),
    Route("GET", "/aussonderung/archiv", exchange.page, Permission.EXCHANGE),
    Route("POST", "/aussonderung/archiv/entscheidungen", exchange.decide, Permission.EXCHANGE),
    Route("GET", "/aussonderung/archiv/sendungen", archive_arrivals.page, Permission.EXCHANGE),
    Route("POST", "/aussonderung/archiv/sendungen", archive_arrivals.decide, Permission.EXCHANGE),
    Route("POST", f"{_ARCHIVE_MESSAGE}/erinnerung", exchange.remind, Permission.EXCHANGE),
    Route("POST", f"{_ARCHIVE_MESSAGE}/zustellung", exchange.send_again, Permission.DISPOSE),
    Route("GET", f"{_FILE}/beweis", evidence.page, Permission.READ),
    Route("GET", f"{_FILE}/beweis/<sha256>.ers", evidence.record, Permission.READ),
    Route("GET", "/unversehrtheit", evidence.stock, Permission.HISTORY),
    Route("GET", "/datenschutz/antraege", data_requests.listing, Permission.DATA_PROTECTION),
    Route("POST", "/datenschutz/antraege", data_requests.enter, Permission.DATA_SUBJECTS),
    Route("GET", "/datenschutz/antraege/neu", data_requests.new, Permission.DATA_SUBJECTS),
    Route("GET", _REQUEST, data_requests.page, Permission.DATA_PROTECTION),
    Route("GET", f"{_REQUEST}/akten", data_requests.choose, Permission.DATA_SUBJECTS),
    Route("POST", f"{_REQUEST}/suchen", data_requests.look_for, Permission.DATA_SUBJECTS),
    Route("POST", f"{_REQUEST}/akten", data_requests.add, Permission.DATA_SUBJECTS),
    Route("POST", f"{_REQUEST}/frist", data_requests.extend, Permission.DATA_SUBJECTS),
    Route("POST", f"{_REQUEST}/weitergeben", data_requests.assign, Permission.DATA_SUBJECTS),
    Route("POST", f"{_REQUEST}/antwort", data_requests.answer, Permission.DATA_SUBJECTS),
    Route("GET", f"{_REQUEST}/antwort.pdf", data_requests.letter, Permission.DATA_PROTECTION),
    Route("GET", f"{_REQUEST}/entscheidung.pdf", data_requests.report, Permission.DATA_PROTECTION),
    Route("GET", f"{_REQUEST}/liste.csv", data_requests.inventory, Permission.DATA_SUBJECTS, writes=True),
    Route("POST", f"{_REQUEST_FILE}/entscheiden", data_requests.decide, Permission.DATA_SUBJECTS),
    Route("POST", f"{_REQUEST_FILE}/zuruecknehmen", data_requests.reconsider, Permission.DATA_SUBJECTS),
    Route("POST", f"{_REQUEST_FILE}/herausnehmen", data_requests.remove, Permission.DATA_SUBJECTS),
    Route("GET", "/datenschutz/einschraenkungen", restrictions.listing, Permission.DATA_PROTECTION),
    Route("GET", _RESTRICTION, restrictions.page, Permission.DATA_PROTECTION),
    Route("POST", f"{_RESTRICTION}/oeffnen", restrictions.open_for, Permission.DATA_PROTECTION),
    Route("POST", f"{_RESTRICTION}/schliessen", restrictions.close, Permission.DATA_PROTECTION),
    Route("POST", f"{_RESTRICTION}/unterrichtung", restrictions.inform, Permission.DATA_SUBJECTS),
    Route("POST", f"{_RESTRICTION}/aufheben", restrictions.lift, Permission.DATA_SUBJECTS),
    Route("GET", f"{_FILE}/einschraenken", restrictions.of_file, Permission.DATA_SUBJECTS),
    Route("POST", f"{_FILE}/einschraenken", restrictions.restrict_file, Permission.DATA_SUBJECTS),
    Route("GET", f"{_DOCUMENT}/einschraenken", restrictions.of_document, Permission.DATA_SUBJECTS),
    Route("POST", f"{_DOCUMENT}/einschraenken", restrictions.restrict_document, Permission.DATA_SUBJECTS),
)
