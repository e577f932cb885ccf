"""Blobs: whole or not there, once however often put; in a folder and in a real S3 server."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures import Bucket
from workers.blobs import Blobs, FolderBlobs, S3Blobs, open_blobs
from workers.store.errors import BlobDamaged, BlobMissing, StoreError

LONG_AGO = time.time() - 7200


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return open_blobs(None, tmp_path / "data")
    bucket: Bucket = request.getfixturevalue("s3")
    return open_blobs(f"s3://{bucket.name}/scans?endpoint={bucket.endpoint}&region=us-east-1", tmp_path)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_what_is_put_comes_out_again(blobs: Blobs, tmp_path: Path) -> None:
    scan = tmp_path / "a.pdf"
    scan.write_bytes(b"a scan")
    digest = blobs.put(scan)
    assert digest == sha(b"a scan") == blobs.put_bytes(b"a scan")
    assert scan.exists()
    assert blobs.put(scan, move=True) == digest
    assert not scan.exists()
    assert blobs.exists(digest)
    assert not blobs.exists(sha(b"other"))
    local = blobs.fetch(digest, tmp_path / "work")
    assert local.read_bytes() == b"a scan"
    local.unlink()
    with blobs.open(digest) as stream:
        assert stream.read() == b"a scan"
    assert [name for name, _ in blobs.walk()] == [digest]


def test_what_is_not_there_is_said_to_be_missing(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(BlobMissing, match="backup"):
        blobs.fetch(sha(b"x"), tmp_path)
    with pytest.raises(BlobMissing):
        blobs.open(sha(b"x"))
    assert list(tmp_path.glob(sha(b"x"))) == []


def test_a_blob_is_deleted_unless_it_was_put_lately(blobs: Blobs) -> None:
    digest = blobs.put_bytes(b"x")
    assert not blobs.delete(digest, older_than=LONG_AGO)
    assert blobs.exists(digest)
    assert blobs.delete(digest, older_than=time.time() + 60)
    assert not blobs.exists(digest)
    assert blobs.delete(digest)
    blobs.put_bytes(b"x")
    assert blobs.delete(digest)
    assert list(blobs.walk()) == []


def test_large_files_go_through_in_pieces(blobs: Blobs, tmp_path: Path) -> None:
    piece, large = os.urandom(1 << 20), tmp_path / "large"
    with large.open("wb") as file:
        for _ in range(20):
            file.write(piece)
    digest = blobs.put(large)
    assert blobs.fetch(digest, tmp_path / "work").stat().st_size == 20 << 20


def test_many_put_the_same_at_once(blobs: Blobs) -> None:
    with ThreadPoolExecutor(6) as threads:
        digests = list(threads.map(lambda n: blobs.put_bytes(b"scan %d" % (n % 3)), range(24)))
    assert sorted(name for name, _ in blobs.walk()) == sorted(set(digests))


def test_an_upload_that_was_cut_off_leaves_no_object_and_is_tidied_away(s3: Bucket, tmp_path: Path) -> None:
    blobs = open_blobs(f"s3://{s3.name}/p?endpoint={s3.endpoint}&region=us-east-1", tmp_path)
    assert isinstance(blobs, S3Blobs)
    upload = blobs.client.create_multipart_upload(Bucket=s3.name, Key="p/aa/" + "a" * 64)
    blobs.client.upload_part(
        Bucket=s3.name, Key="p/aa/" + "a" * 64, UploadId=upload["UploadId"], PartNumber=1, Body=b"half"
    )
    assert list(blobs.walk()) == []
    assert not blobs.exists("a" * 64)
    assert blobs.tidy(time.time() + 60) == 1
    assert "Uploads" not in blobs.client.list_multipart_uploads(Bucket=s3.name)


# ---------------------------------------------------------------- a folder


@pytest.fixture
def folder(tmp_path: Path) -> FolderBlobs:
    blobs = open_blobs(None, tmp_path / "data")
    assert isinstance(blobs, FolderBlobs)
    return blobs


def test_a_writer_that_fails_leaves_nothing(folder: FolderBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.put_bytes(b"x")
    assert [path for path in folder.folder.rglob("*") if path.is_file()] == []


def test_halves_of_killed_writers_are_tidied_away_and_never_listed(folder: FolderBlobs) -> None:
    digest = folder.put_bytes(b"x")
    old, new = folder.folder / "tmp1.part", folder.folder / digest[:2] / f"{digest}.part"
    for half in (old, new):
        half.write_bytes(b"half")
    os.utime(old, (LONG_AGO, LONG_AGO))
    assert [name for name, _ in folder.walk()] == [digest]
    assert folder.tidy(time.time() - 3600) == 1
    assert not old.exists()
    assert new.exists()


def test_damage_is_noticed(folder: FolderBlobs, tmp_path: Path) -> None:
    digest = folder.put_bytes(b"right")
    path = folder.folder / digest[:2] / digest
    path.chmod(0o600)
    path.write_bytes(b"wrong")
    with pytest.raises(BlobDamaged, match="backup"):
        folder.fetch(digest, tmp_path / "work")


def test_putting_again_makes_it_new(folder: FolderBlobs) -> None:
    digest = folder.put_bytes(b"x")
    os.utime(folder.folder / digest[:2] / digest, (LONG_AGO, LONG_AGO))
    folder.put_bytes(b"x")
    assert not folder.delete(digest, older_than=time.time() - 3600)


def test_a_blob_put_while_it_is_tidied_away_stays(
    folder: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = folder.put_bytes(b"x")
    path = folder.folder / digest[:2] / digest
    os.utime(path, (LONG_AGO, LONG_AGO))
    rename = Path.rename

    def meanwhile_put(self: Path, target: Path) -> Path:
        folder.put_bytes(b"x")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", meanwhile_put)
    assert not folder.delete(digest, older_than=time.time() - 3600)
    assert folder.exists(digest)


@given(data=st.binary(max_size=3000))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes(folder: FolderBlobs, tmp_path: Path, data: bytes) -> None:
    digest = folder.put_bytes(data)
    assert folder.fetch(digest, tmp_path / "work").read_bytes() == data
    with folder.open(digest) as stream:
        assert stream.read() == data


@pytest.mark.parametrize("url", ["ftp://x", "s3://", "s3://bucket?colour=red", "http://x/y"])
def test_a_place_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="s3://bucket"):
        open_blobs(url, tmp_path)


def test_a_folder_can_be_named_as_path_or_url(tmp_path: Path) -> None:
    for url in (str(tmp_path / "here"), f"file://{tmp_path}/here"):
        blobs = open_blobs(url, tmp_path)
        assert isinstance(blobs, FolderBlobs)
        assert blobs.folder == tmp_path / "here"
