"""Scans and pictures of pages by their SHA-256: a folder, or storage that speaks S3.

A blob is there whole or not at all, putting it twice is putting it once, and what comes out is checked against its name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import parse_qs, urlsplit

from workers.store.errors import BlobDamaged, BlobMissing, StoreError

_CHUNK = 1 << 20


class Blobs(Protocol):
    """Where the bytes are. Names are SHA-256 in small hexadecimal digits."""

    def put(self, path: Path, *, move: bool = False) -> str:
        """Keep the bytes of the file `path`, which may be moved away if `move`; returns their digest.

        A blob that is there already counts as new: nothing that tidies up takes it for forgotten.
        """

    def put_bytes(self, data: bytes) -> str:
        """Keep `data`; returns its digest."""

    def fetch(self, sha256: str, folder: Path) -> Path:
        """A local file with the blob in `folder`, not to be written to; BlobMissing, BlobDamaged."""

    def open(self, sha256: str) -> BinaryIO:
        """The blob as a stream; BlobMissing."""

    def exists(self, sha256: str) -> bool:
        """Whether it is there."""

    def delete(self, sha256: str, *, older_than: float | None = None) -> bool:
        """Remove it, if it was last put before `older_than` (seconds since 1970); whether it is gone now."""

    def walk(self) -> Iterator[tuple[str, float]]:
        """Every blob with when it was last put, in seconds since 1970."""

    def tidy(self, older_than: float) -> int:
        """Remove halves that a killed process left before `older_than`; how many."""


def open_blobs(url: str | None, data: Path) -> Blobs:
    """The blob store: a folder, or ``s3://bucket/prefix?endpoint=https://host&region=name``; by default in `data`.

    Keys for S3 are found the way every program finds them (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, files, roles).
    """
    if url is None or "://" not in url:
        folder = data / "blobs" if url is None else Path(url)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FolderBlobs(folder)
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme == "file":
        return open_blobs(parts.path, data)
    if parts.scheme != "s3" or not parts.netloc or set(options) - {"endpoint", "region"}:
        raise StoreError(
            "the place of the blobs is not understood: write a folder, or s3://bucket/prefix?endpoint=https://host"
        )
    return s3_blobs(
        parts.netloc, parts.path.strip("/"), endpoint=options.get("endpoint"), region=options.get("region")
    )


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---------------------------------------------------------------- a folder


@dataclass(frozen=True, slots=True)
class FolderBlobs:
    """Blobs as files in `folder`, divided by their first two digits."""

    folder: Path

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, path: Path, *, move: bool = False) -> str:
        if move and path.stat().st_dev == self.folder.stat().st_dev:
            sha256 = digest_of(path)
            if not self._fresh(sha256):
                with path.open("rb") as file:
                    os.fsync(file.fileno())
                path.chmod(0o440)
                os.utime(path)
                self._into_place(path, sha256)
            path.unlink(missing_ok=True)
            return sha256
        with path.open("rb") as source:
            part, sha256 = self._written(iter(lambda: source.read(_CHUNK), b""))
        self._keep(part, sha256)
        if move:
            path.unlink()
        return sha256

    def put_bytes(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._fresh(sha256):
            self._keep(*self._written(iter([data])))
        return sha256

    def _written(self, chunks: Iterator[bytes]) -> tuple[Path, str]:
        digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(suffix=".part", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o440)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        return Path(name), digest.hexdigest()

    def _keep(self, part: Path, sha256: str) -> None:
        if self._fresh(sha256):
            part.unlink()
        else:
            self._into_place(part, sha256)

    def _fresh(self, sha256: str) -> bool:
        """Whether the blob is there; its time is now, so that nobody who tidies up takes it away."""
        try:
            os.utime(self._path(sha256))
        except FileNotFoundError:
            return False
        return True

    def _into_place(self, part: Path, sha256: str) -> None:
        path = self._path(sha256)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # else a power cut may take the name away again
        finally:
            os.close(folder)

    def fetch(self, sha256: str, folder: Path) -> Path:
        path, local = self._path(sha256), folder / sha256
        folder.mkdir(parents=True, exist_ok=True)
        local.unlink(missing_ok=True)
        try:
            try:
                os.link(path, local)  # of the same file: removing it removes only this name
            except FileNotFoundError:
                raise
            except OSError:
                shutil.copyfile(path, local)
        except FileNotFoundError:
            raise BlobMissing(_missing(sha256)) from None
        return _checked(local, sha256)

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise BlobMissing(_missing(sha256)) from None

    def exists(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def delete(self, sha256: str, *, older_than: float | None = None) -> bool:
        path = self._path(sha256)
        aside = path.with_suffix(".part")
        try:
            if older_than is not None and path.stat().st_mtime >= older_than:
                return False
            path.rename(aside)
        except FileNotFoundError:
            return True
        if older_than is not None and aside.stat().st_mtime >= older_than:  # put again at this very moment
            aside.replace(path)
            return False
        aside.unlink()
        return True

    def walk(self) -> Iterator[tuple[str, float]]:
        for first in sorted(self.folder.iterdir()):
            if first.is_dir() and len(first.name) == 2:
                for path in sorted(first.iterdir()):
                    if path.suffix == "":
                        with suppress(FileNotFoundError):
                            yield path.name, path.stat().st_mtime

    def tidy(self, older_than: float) -> int:
        removed = 0
        for part in (*self.folder.glob("*.part"), *self.folder.glob("??/*.part")):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < older_than:
                    part.unlink()
                    removed += 1
        return removed


def _missing(sha256: str) -> str:
    return f"blob {sha256[:12]}… is not in the store; restore it from the backup or send the scan again"


def _checked(path: Path, sha256: str) -> Path:
    if digest_of(path) != sha256:
        path.unlink()
        raise BlobDamaged(f"blob {sha256[:12]}… was damaged where it is kept; restore it from the backup")
    return path


# ---------------------------------------------------------------- S3


def s3_blobs(bucket: str, prefix: str, *, endpoint: str | None, region: str | None) -> S3Blobs:
    """Blobs in `bucket` under `prefix`; nothing is asked of the server yet."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=5,
        read_timeout=60,
        retries={"max_attempts": 4, "mode": "standard"},
        max_pool_connections=20,
    )
    client = boto3.client("s3", endpoint_url=endpoint, region_name=region, config=config)
    return S3Blobs(client, bucket, f"{prefix}/" if prefix else "")


@dataclass(frozen=True, slots=True)
class S3Blobs:
    """Blobs as objects in a bucket, by an S3 `client`."""

    client: Any
    bucket: str
    prefix: str

    def _key(self, sha256: str) -> str:
        return f"{self.prefix}{sha256[:2]}/{sha256}"

    def put(self, path: Path, *, move: bool = False) -> str:
        sha256 = digest_of(path)
        if not self._fresh(sha256):
            self.client.upload_file(str(path), self.bucket, self._key(sha256))
        if move:
            path.unlink()
        return sha256

    def put_bytes(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._fresh(sha256):
            self.client.put_object(Bucket=self.bucket, Key=self._key(sha256), Body=data)
        return sha256

    def _fresh(self, sha256: str) -> bool:
        """Whether it is there and put lately; an old one is put anew, so that nobody who tidies up takes it away."""
        head = self._head(sha256)
        return head is not None and head["LastModified"].timestamp() > time.time() - 600

    def _head(self, sha256: str) -> Any:
        from botocore.exceptions import ClientError

        try:
            return self.client.head_object(Bucket=self.bucket, Key=self._key(sha256))
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                return None
            raise

    def fetch(self, sha256: str, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        local = folder / sha256
        with self.open(sha256) as stream, local.open("wb") as file:
            shutil.copyfileobj(stream, file, _CHUNK)
        return _checked(local, sha256)

    def open(self, sha256: str) -> BinaryIO:
        from botocore.exceptions import ClientError

        try:
            body: BinaryIO = self.client.get_object(Bucket=self.bucket, Key=self._key(sha256))["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                raise BlobMissing(_missing(sha256)) from None
            raise
        return body

    def exists(self, sha256: str) -> bool:
        return self._head(sha256) is not None

    def delete(self, sha256: str, *, older_than: float | None = None) -> bool:
        if older_than is not None:
            head = self._head(sha256)
            if head is not None and head["LastModified"].timestamp() >= older_than:
                return False
        self.client.delete_object(Bucket=self.bucket, Key=self._key(sha256))
        return True

    def walk(self) -> Iterator[tuple[str, float]]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for page in pages:
            for one in page.get("Contents", ()):
                yield one["Key"].rsplit("/", 1)[-1], one["LastModified"].timestamp()

    def tidy(self, older_than: float) -> int:
        removed = 0
        pages = self.client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.bucket, Prefix=self.prefix
        )
        for page in pages:
            for one in page.get("Uploads", ()):
                if one["Initiated"].timestamp() < older_than:
                    self.client.abort_multipart_upload(
                        Bucket=self.bucket, Key=one["Key"], UploadId=one["UploadId"]
                    )
                    removed += 1
        return removed
