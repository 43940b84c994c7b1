"""Objects in a bucket of an S3 server.

Checksums are sent as Content-MD5 only: the trailers that boto3 sends by default are refused by servers such as Ceph
over HTTPS, and locked buckets demand an MD5. The server verifies it, so a put that returned is what was sent.
"""

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from eakte.store.objects import CHUNK, MARK, Draft, ObjectMissingError, Stored, checked, copy_and_hash, is_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

IN_MEMORY = 8 << 20
"""Objects up to this size, in bytes, are held in memory on their way; larger ones in a temporary file."""


class S3Objects:
    """Objects as keys ``<sha256>`` of one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def put(self, stream: BinaryIO) -> Stored:
        """Store what *stream* holds, at most 5 GB: one request is whole or not there."""
        with self.draft() as draft:
            stored = copy_and_hash(stream, draft.file)
            if self.size(stored.sha256) != stored.size:
                draft.keep(stored.sha256)
        return stored

    def put_file(self, path: Path) -> Stored:
        """Store a copy of the file at *path*."""
        with path.open("rb") as stream:
            return self.put(stream)

    def open(self, sha256: str) -> BinaryIO:
        """Return a stream of the object, fetched whole so that it can be searched."""
        stream = _draft()
        try:
            self._fetch(sha256, stream)
        except BaseException:
            stream.close()
            raise
        stream.seek(0)
        return stream

    @contextmanager
    def path(self, sha256: str) -> Iterator[Path]:
        """Lend a local copy of the object."""
        with tempfile.NamedTemporaryFile(prefix="eakte-") as file:
            self._fetch(sha256, cast("BinaryIO", file))
            file.flush()
            yield Path(file.name)

    def exists(self, sha256: str) -> bool:
        """Tell whether the object is there."""
        return self.size(sha256) is not None

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Lend a temporary file without a name, in memory while it is small."""
        with _draft() as file:
            yield Draft(file, lambda sha256: self._put(checked(sha256), file))

    def size(self, sha256: str) -> int | None:
        """Return the size of the newest version."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=checked(sha256))["ContentLength"]
        except ClientError as error:
            if _missing(error):
                return None
            raise

    def beginning(self, sha256: str, size: int) -> bytes:
        """Return the first bytes, fetching no more."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=checked(sha256), Range=f"bytes=0-{size - 1}")
        except ClientError as error:
            if _missing(error):
                raise ObjectMissingError(sha256) from None
            if str(error.response.get("Error", {}).get("Code")) == "InvalidRange":
                return b""  # an empty object has no first byte
            raise
        return answer["Body"].read()

    def confirm(self, sha256: str) -> None:
        """Do nothing: what the server answers for is durable."""

    def mark(self) -> str:
        """Return what the mark says."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=MARK)["Body"].read().decode()
        except ClientError as error:
            if _missing(error):
                return ""
            raise

    def set_mark(self, text: str) -> None:
        """Write the mark."""
        self._client.put_object(Bucket=self._bucket, Key=MARK, Body=text.encode())

    def delete(self, sha256: str) -> None:
        """Remove all versions of the object; a locked object makes the server refuse with a ClientError."""
        self._delete_versions(sha256, newest=True)

    def keep_newest(self, sha256: str) -> bool:
        """Remove all versions but the newest; a locked one stays."""
        try:
            self._delete_versions(sha256, newest=False)
        except ClientError as error:
            if str(error.response.get("Error", {}).get("Code")) == "AccessDenied":
                return False
            raise
        return True

    def _delete_versions(self, sha256: str, *, newest: bool) -> None:
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=checked(sha256))
        for page in pages:
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                if newest or not version.get("IsLatest"):
                    self._client.delete_object(
                        Bucket=self._bucket, Key=str(version.get("Key")), VersionId=str(version.get("VersionId"))
                    )

    def each(self) -> Iterator[str]:
        """Yield the names of all objects."""
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
            for entry in page.get("Contents", []):
                if is_name(name := str(entry.get("Key"))):
                    yield name

    def sweep(self, now: datetime) -> int:
        """Find nothing to remove: drafts have no name on our disk, and an object is one request."""
        del now
        return 0

    def _put(self, name: str, draft: BinaryIO) -> None:
        size = draft.seek(0, os.SEEK_END)
        draft.seek(0)
        md5 = _md5(draft)
        draft.seek(0)
        self._client.put_object(Bucket=self._bucket, Key=name, Body=draft, ContentMD5=md5, ContentLength=size)

    def _fetch(self, sha256: str, target: BinaryIO) -> None:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=checked(sha256))["Body"]
        except ClientError as error:
            if _missing(error):
                raise ObjectMissingError(sha256) from None
            raise
        target.writelines(body.iter_chunks(CHUNK))


def s3_client(endpoint: str, *, access_key: str | None = None, secret_key: str | None = None) -> "S3Client":
    """Return a client for the S3 server at *endpoint*.

    Without keys boto3 looks for them where it always does: environment, ``~/.aws``, role of the machine.
    """
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "max_attempts": 5},
            connect_timeout=5,
            read_timeout=60,
        ),
    )


def _draft() -> BinaryIO:
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))


def _md5(stream: BinaryIO) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return base64.b64encode(digest.digest()).decode()


def _missing(error: ClientError) -> bool:
    return str(error.response.get("Error", {}).get("Code")) in {"404", "NoSuchKey", "NotFound"}
