"""Errors of the records service: one class per reason, with a code and an HTTP status.

The German sentence for each code stands in ``texts.toml``; edges look it up, nothing below does.
"""

from __future__ import annotations


class EakteError(Exception):
    """Base of all refusals. ``detail`` fills the placeholders of the German sentence."""

    code = "fault"
    status = 500

    def __init__(self, **detail: str) -> None:
        super().__init__(self.code, detail)
        self.detail = detail


class NotFound(EakteError):
    """There is no such thing, or the person may not know of it: both look the same."""

    code, status = "not-found", 404


class NotAllowed(EakteError):
    """The person's posts do not include this power."""

    code, status = "not-allowed", 403


class SignInRefused(EakteError):
    """Login or password is wrong, or the account is closed."""

    code, status = "sign-in-refused", 401


class SignInLocked(EakteError):
    """Too many wrong passwords; the account rests for a while."""

    code, status = "sign-in-locked", 429


class OneTimePasswordExpired(EakteError):
    """The one-time password was right, but its time is over."""

    code, status = "one-time-password-expired", 401


class WrongPassword(EakteError):
    """The present password, asked for again before a change, is wrong."""

    code, status = "wrong-password", 422


class TooManyRequests(EakteError):
    """More requests than allowed; ``seconds`` says how long to wait."""

    code, status = "too-many-requests", 429


class PasswordChangeNeeded(EakteError):
    """A new password has to be chosen before anything else."""

    code, status = "password-change-needed", 403


class IdentityRefused(EakteError):
    """The sign-in service, or the person there, said no."""

    code, status = "identity-refused", 401


class IdentityUnreachable(EakteError):
    """The sign-in service or the directory does not answer."""

    code, status = "identity-unreachable", 503


class IdentityUnproven(EakteError):
    """What came from the sign-in service does not hold: wrong signature, sender, receiver or time."""

    code, status = "identity-unproven", 401


class IdentityIncomplete(EakteError):
    """The sign-in service leaves out what is needed; ``claim`` names it."""

    code, status = "identity-incomplete", 401


class IdentityExpired(EakteError):
    """The sign-in took too long, was used already, or was begun by another browser."""

    code, status = "identity-expired", 401


class IdentityUnknown(EakteError):
    """The person has no account here, and none is made by itself."""

    code, status = "identity-unknown", 403


class IdentityTaken(EakteError):
    """An account with this login exists and is not linked to the sign-in service."""

    code, status = "identity-taken", 403


class DirectorySuspicious(EakteError):
    """The directory no longer finds most people: rather a fault of its settings than of the people."""

    code, status = "directory-suspicious", 409


class AccountClosed(EakteError):
    """The account is closed; only told to who has proved to be its person."""

    code, status = "account-closed", 403


class InvalidInput(EakteError):
    """A field holds something that cannot be accepted; ``field`` names it."""

    code, status = "invalid-input", 422


class MissingReason(EakteError):
    """This step needs a written reason."""

    code, status = "missing-reason", 422


class StaleRevision(EakteError):
    """Somebody else changed the record since it was opened."""

    code, status = "stale-revision", 409


class AlreadyFiled(EakteError):
    """The incoming item has been filed already."""

    code, status = "already-filed", 409


class InfectedKept(EakteError):
    """The file is infected: it is kept, and nobody takes it out by this way."""

    code, status = "infected-kept", 409


class NotWaiting(EakteError):
    """The incoming item does not wait for this step."""

    code, status = "not-waiting", 409


class AttachmentsUnderWay(EakteError):
    """An attachment of the incoming item is still being read."""

    code, status = "attachments-under-way", 409


class ArrangingScanned(EakteError):
    """The item comes from the scanning desk: its transfer note vouches for exactly these bytes."""

    code, status = "arranging-scanned", 409


class ArrangingAttachments(EakteError):
    """The item has attachments or is one: which part they belong to nobody has said."""

    code, status = "arranging-attachments", 409


class ArrangingMigrated(EakteError):
    """The item belongs to a run of a migration, which counts it."""

    code, status = "arranging-migrated", 409


class ArrangingUnits(EakteError):
    """Items of several inboxes cannot become one."""

    code, status = "arranging-units", 409


class ArrangingUndoTooLate(EakteError):
    """A part of the arrangement was decided on already."""

    code, status = "arranging-undo-too-late", 409


class FileAlone(EakteError):
    """A legal remedy, a lawsuit or a deadline must be looked at by itself and is never filed with many others."""

    code, status = "file-alone", 409


class UndoTooLate(EakteError):
    """A filing can be taken back for ten minutes, and only while its case file is open."""

    code, status = "undo-too-late", 409


class CaseFileNotEmpty(EakteError):
    """A case file with something in it cannot be voided."""

    code, status = "case-file-not-empty", 409


class CaseFileClosed(EakteError):
    """The case file is closed (z.d.A.); the registry reopens it before anything is added."""

    code, status = "case-file-closed", 409


class CaseClosed(EakteError):
    """The case (Vorgang) or sub-file is closed; the registry reopens it before anything is added."""

    code, status = "case-closed", 409


class DocumentLocked(EakteError):
    """Somebody else has checked the document out; ``by`` and ``until`` name them and the last day."""

    code, status = "document-locked", 409


class DocumentFrozen(EakteError):
    """The document is signed off or voided; ``state`` says which. It never changes again."""

    code, status = "document-frozen", 409


class VersionUnderWay(EakteError):
    """A further version of the document has not been read yet, or could not be read."""

    code, status = "version-under-way", 409


class RereadingUnderWay(EakteError):
    """The document is being read again already."""

    code, status = "rereading-under-way", 409


class MoveRefused(EakteError):
    """The state does not allow this step."""

    code, status = "move-refused", 409


class TooDeep(EakteError):
    """The record would lie deeper than the standard allows; ``levels`` is the most there may be."""

    code, status = "too-deep", 409


class MoveNotPossible(EakteError):
    """Something forbids moving the record; ``reasons`` lists what."""

    code, status = "move-not-possible", 409


class MoveNotConfirmed(EakteError):
    """The move would change something else than what was told and confirmed."""

    code, status = "move-not-confirmed", 409


class CannotClose(EakteError):
    """A precondition of the closing directive does not hold; ``reasons`` lists them."""

    code, status = "cannot-close", 409


class CannotClosePart(EakteError):
    """A case or sub-file cannot be closed yet; ``reasons`` lists why."""

    code, status = "cannot-close-part", 409


class OnHold(EakteError):
    """A disposal hold protects the case file."""

    code, status = "on-hold", 409


class SharedInProcess(EakteError):
    """A document of the case file also lies in a file that is on its way to the archive or out: that goes first."""

    code, status = "shared-in-process", 409


class NotDue(EakteError):
    """The retention period is not over."""

    code, status = "not-due", 409


class SamePerson(EakteError):
    """The second person must be another than the first."""

    code, status = "same-person", 409


class CountNotConfirmed(EakteError):
    """Deciding about several case files at once needs their number, typed by the person."""

    code, status = "count-not-confirmed", 422


class CoolingOff(EakteError):
    """The cooling-off time after approval still runs."""

    code, status = "cooling-off", 409


class AnchorsBroken(EakteError):
    """The file of anchors is not what was written there; ``line`` is the first that does not follow."""

    code, status = "anchors-broken", 500


class TimestampFailed(EakteError):
    """The time-stamp service gave no token, or its certificates cannot be read."""

    code, status = "timestamp-failed", 502


class HistoryBroken(EakteError):
    """The hash chain of the history does not verify."""

    code, status = "history-broken", 500


class BatchOfAnother(EakteError):
    """Another person scans this batch; ``operator`` names them."""

    code, status = "batch-of-another", 409


class PaperNotReleased(EakteError):
    """The paper of a batch may not be destroyed; ``reasons`` lists why."""

    code, status = "paper-not-released", 409


class SettingsInvalid(EakteError):
    """A setting is unknown or has a wrong value."""

    code, status = "settings-invalid", 500


class PaperOnLoan(EakteError):
    """A paper part is on loan; it has to come back first."""

    code, status = "paper-on-loan", 409


class SearchUnavailable(EakteError):
    """The search does not answer at the moment; ``seconds`` says when to ask again."""

    code, status = "search-away", 503

    def __init__(self) -> None:
        super().__init__(seconds="30")


class DeclarationInvalid(EakteError):
    """A declaration of metadata or file templates cannot be understood; ``file`` and ``line`` say where."""

    code, status = "declaration-invalid", 500


class BundleFaulty(EakteError):
    """A bundle is incomplete, changed or none; ``problem`` says what."""

    code, status = "bundle-faulty", 422


class BundleConflict(EakteError):
    """The database holds something else under a key of the bundle; ``table`` and ``key`` name it."""

    code, status = "bundle-conflict", 409


class ArchiveNotConfigured(EakteError):
    """No exchange folder, or no folder with the xdomea schemas, is set."""

    code, status = "archive-not-configured", 409


class FaultyMessage(EakteError):
    """A message from the archive cannot be accepted; ``reason`` says why."""

    code, status = "faulty-message", 422
