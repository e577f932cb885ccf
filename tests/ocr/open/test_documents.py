"""Which documents there are, in which order, under which names; and whether they stay what they were."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.errors import ChangedWhileReading, DamagedFile, EmptyFile, ScanError, TooLarge, UnsupportedFile
from ocr.open import (
    Document,
    Limits,
    find_documents,
    fingerprint,
    natural_key,
    open_page,
    page_count,
    stamp,
    unchanged,
)


def picture(path: Path, pages: int = 1, shade: int = 255) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [Image.new("L", (60, 80), shade) for _ in range(pages)]
    images[0].save(path, save_all=pages > 1, append_images=images[1:]) if pages > 1 else images[0].save(path)
    return path


def sources(*inputs: Path, skip: Sequence[Path] = ()) -> list[str]:
    return [document.source for document in find_documents(inputs, skip)]


@given(
    st.lists(st.integers(0, 10**6), unique=True, min_size=1, max_size=20), st.sampled_from(["", "p", "หน้า "])
)
@settings(max_examples=40)
def test_numbers_in_names_count(numbers: list[int], prefix: str) -> None:
    names = [f"{prefix}{n}.jpg" for n in numbers]
    assert sorted(names, key=natural_key) == [f"{prefix}{n}.jpg" for n in sorted(numbers)]


@given(st.lists(st.text(max_size=12), max_size=8))
@settings(max_examples=100)
def test_natural_order_is_total(names: list[str]) -> None:
    keys = sorted(natural_key(name) for name in names)
    assert len(set(keys)) == len(set(names))


def test_thai_digits_count_too() -> None:
    assert sorted(["หน้า ๑๐", "หน้า ๒", "หน้า 1"], key=natural_key) == ["หน้า 1", "หน้า ๒", "หน้า ๑๐"]


def test_loose_images_are_one_document_and_files_are_their_own(tmp_path: Path) -> None:
    box = tmp_path / "box-12"
    for name in ("10.jpg", "2.jpg", "1.png", "3.webp", "4.tif"):
        picture(box / name)
    picture(box / "b.pdf")
    picture(box / "a.tif", pages=3)
    for name in ("1.jpg", "2.jpg"):
        picture(box / "h14" / name)
    (folder, *rest) = find_documents([box])
    assert folder.source == "box-12"
    assert [file.name for file in folder.files] == ["1.png", "2.jpg", "3.webp", "4.tif", "10.jpg"]
    assert [document.source for document in rest] == ["a.tif", "b.pdf", "h14"]
    assert [page_count(document) for document in (folder, *rest)] == [5, 3, 1, 2]
    assert open_page(rest[0], 3).number == 3


def test_source_is_relative_to_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(tmp_path / "year" / "box" / "a.pdf")
    assert sources(tmp_path / "year" / "box" / "a.pdf") == ["a.pdf"]
    assert sources(tmp_path / "year") == ["box/a.pdf"]
    monkeypatch.chdir(tmp_path / "year")
    assert sources(Path()) == ["box/a.pdf"]
    picture(tmp_path / "year" / "1.jpg")
    assert sources(Path()) == ["year", "box/a.pdf"]


def test_a_lone_image_beside_other_documents_is_a_file_and_alone_it_is_its_folder(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "photo.jpg")
    assert sources(tmp_path / "in") == ["in"]
    picture(tmp_path / "in" / "a.pdf")
    assert sources(tmp_path / "in") == ["a.pdf", "photo.jpg"]


def test_each_document_once(tmp_path: Path) -> None:
    file = picture(tmp_path / "in" / "a.pdf")
    picture(tmp_path / "in" / "sub" / "1.jpg")
    (tmp_path / "link.pdf").symlink_to(file)
    assert sources(file, tmp_path / "in", tmp_path / "in" / "sub", tmp_path / "link.pdf", file) == [
        "a.pdf",
        "sub",
    ]


def test_what_is_no_scan_is_passed_over(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.pdf")
    picture(tmp_path / "in" / "b.pdf").rename(tmp_path / "in" / ".hidden.pdf")
    picture(tmp_path / "in" / ".cache" / "1.jpg")
    picture(tmp_path / "in" / "__MACOSX" / "1.jpg")
    for name in (
        "records.jsonl",
        "failures.jsonl",
        "a.txt",
        "report.html",
        "Thumbs.db",
        ".DS_Store",
        "x.docx",
    ):
        (tmp_path / "in" / name).write_bytes(b"PK\x03\x04 nothing to see, not even %PDF-1.4")
    picture(tmp_path / "in" / "out" / "shown.png")
    assert sources(tmp_path / "in", skip=[tmp_path / "in" / "out"]) == ["a.pdf"]


def test_kinds_are_told_by_content(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.png").rename(tmp_path / "in" / "scan0001")
    picture(tmp_path / "in" / "b.pdf").rename(tmp_path / "in" / "wrong.jpg")
    picture(tmp_path / "in" / "c.tif").rename(tmp_path / "in" / "wrong.pdf")
    documents = find_documents([tmp_path / "in"])
    assert [d.source for d in documents] == ["in", "wrong.jpg"]
    assert [page_count(d) for d in documents] == [2, 1]
    assert {open_page(d, n).image.shape for d in documents for n in range(1, page_count(d) + 1)} == {(80, 60)}


def test_what_looks_like_a_scan_is_reported_and_not_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(b"")
    (folder / "2.jpg").write_bytes(b"no picture at all")
    (folder / "3.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    (folder / "old.djvu").write_bytes(b"AT&TFORM\0\0\0\0DJVU")
    (folder / "p.pdf").write_bytes(b"not a pdf")
    (folder / "q.pdf").write_bytes(b"")
    pages, *files = find_documents([folder])
    assert (pages.source, page_count(pages)) == ("in", 3)
    for number, error in ((1, EmptyFile), (2, UnsupportedFile), (3, UnsupportedFile)):
        with pytest.raises(error):
            open_page(pages, number)
    assert [d.source for d in files] == ["old.djvu", "p.pdf", "q.pdf"]
    for document, wrong in zip(files, (UnsupportedFile, DamagedFile, EmptyFile), strict=True):
        with pytest.raises(wrong):
            page_count(document)


def test_links_that_run_in_circles(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "sub" / "a.pdf")
    (tmp_path / "in" / "sub" / "up").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "dead.pdf").symlink_to(tmp_path / "nowhere.pdf")
    assert sources(tmp_path / "in") == ["sub/a.pdf"]


def test_missing_input(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="does not exist"):
        find_documents([tmp_path / "nothing.pdf"])


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (document,) = find_documents([tmp_path / "pipe.pdf"])
    for look in (page_count, fingerprint):
        with pytest.raises(ScanError, match="ordinary file"):
            look(document)
    assert find_documents([tmp_path]) == []


def test_names_in_any_bytes_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = os.fsencode(folder) + b"/\xa1\xa2.pdf"
    try:
        Path(os.fsdecode(path)).write_bytes(b"%PDF-1.4")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    (source,) = sources(folder)
    assert source.encode("utf-8")
    picture(folder / unicodedata.normalize("NFC", "น้ำ.pdf"))
    assert len(sources(folder)) == 2


def test_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    a, b = picture(tmp_path / "1.png"), picture(tmp_path / "2.png", shade=0)
    assert fingerprint(Document("x", (a,))) == hashlib.sha256(a.read_bytes()).hexdigest()
    both = hashlib.sha256(a.read_bytes() + b.read_bytes()).hexdigest()
    assert fingerprint(Document("x", (a, b))) == both
    with pytest.raises(ScanError):
        fingerprint(Document("x", (tmp_path / "gone.png",)))


def test_change_while_reading(tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png")
    document = Document("a.png", (file,))
    before = stamp(document)
    with unchanged(document):
        page_count(document)
    assert stamp(document) == before
    with pytest.raises(ChangedWhileReading), unchanged(document):
        file.write_bytes(file.read_bytes() + b"more")
    with pytest.raises(ChangedWhileReading), unchanged(document):
        file.unlink()
        raise DamagedFile("half a file looks damaged")
    picture(file)
    with pytest.raises(DamagedFile), unchanged(document):
        raise DamagedFile("really is")


def test_limits_of_files_and_folders(tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png")
    with pytest.raises(TooLarge, match="MB"):
        page_count(Document("a", (file,)), Limits(max_bytes=10))
    with pytest.raises(TooLarge, match="page images"):
        page_count(Document("a", (file,) * 3), Limits(max_pages=2))


def test_numbers_outside_the_document(tmp_path: Path) -> None:
    for file in (
        picture(tmp_path / "a.png"),
        picture(tmp_path / "a.pdf"),
        picture(tmp_path / "a.tif", pages=2),
    ):
        document = Document("a", (file,))
        for number in (0, page_count(document) + 1):
            with pytest.raises(IndexError):
                open_page(document, number)
