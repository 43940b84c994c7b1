"""Objects in a bucket of an S3 server.

Checksums are sent as Content-MD5 only: the trailers that boto3 sends by default are refused by servers such as Ceph
over HTTPS, and locked buckets demand an MD5. The server verifies it, so a put that returned is what was sent.
"""

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from eakte.store.objects import CHUNK, ObjectMissingError, Stored, checked, copy_and_hash

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
        with _draft() as draft:
            stored = copy_and_hash(stream, draft)
            if self._size(stored.sha256) != stored.size:
                draft.seek(0)
                md5 = _md5(draft)
                draft.seek(0)
                self._client.put_object(
                    Bucket=self._bucket, Key=stored.sha256, Body=draft, ContentMD5=md5, ContentLength=stored.size
                )
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
        return self._size(sha256) is not None

    def delete(self, sha256: str) -> None:
        """Remove all versions of the object; a locked object makes the server refuse with a ClientError."""
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=checked(sha256))
        for page in pages:
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                self._client.delete_object(
                    Bucket=self._bucket, Key=str(version.get("Key")), VersionId=str(version.get("VersionId"))
                )

    def each(self) -> Iterator[str]:
        """Yield the names of all objects."""
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
            for entry in page.get("Contents", []):
                yield str(entry.get("Key"))

    def sweep(self, now: datetime) -> int:
        """Find nothing to remove: drafts have no name on our disk, and an object is one request."""
        del now
        return 0

    def _size(self, sha256: str) -> int | None:
        try:
            return self._client.head_object(Bucket=self._bucket, Key=checked(sha256))["ContentLength"]
        except ClientError as error:
            if _missing(error):
                return None
            raise

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
