"""Fetches what the training is made of (fonts, text counts, English words) into `build/training/`.

Only the ordinary clients of three registries are used: npm (fonts), pip (TLTK's syllable counts), apt (fonts, words).
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

BUILD = Path("build/training")
TESSDATA = Path("/usr/share/tesseract-ocr/5/tessdata")

NPM_FONTS = (
    "sarabun", "kanit", "prompt", "mitr", "taviraj", "trirong", "niramit", "k2d", "krub", "bai-jamjuree",
    "chakra-petch", "maitree", "pridi", "athiti", "ibm-plex-sans-thai", "ibm-plex-sans-thai-looped", "mali",
    "kodchasan", "fahkwang", "koho", "anuphan", "noto-sans-thai-looped", "itim", "sriracha",
)  # fmt: skip
# TH Sarabun New, the face prescribed for official paper, comes as whole TTF files.
_SARABUN_NEW = "font-th-sarabun-new"
_SARABUN_NEW_FILES = {"": "400-normal", "_italic": "400-italic", "_bold": "700-normal"}
_STYLES = ("400-normal", "400-italic", "700-normal", "300-normal", "500-normal", "600-normal")
_TLTK = "tltk==1.11"
_APT = ("wamerican", "fonts-arundina", "libreoffice-l10n-th")


class SourceError(RuntimeError):
    """A source could not be fetched."""


def _command(args: list[str], where: Path) -> str:
    done = subprocess.run(args, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SourceError(f"{' '.join(args)} failed: {done.stderr.strip()[-400:]}")
    return done.stdout


def _merge_font(parts: list[bytes], target: Path) -> None:
    """Merge the Thai and the Latin subset of one style into one TTF file at `target`."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, part in enumerate(parts):
            woff, plain = Path(folder) / f"{i}.woff2", Path(folder) / f"{i}.ttf"
            woff.write_bytes(part)
            font = TTFont(woff)
            font.flavor = None
            font.save(plain)
            paths.append(str(plain))
        Merger().merge(paths).save(target)


def fetch_npm_font(name: str, fonts: Path) -> None:
    """Fetch one @fontsource package and write those of `_STYLES` that it has as `NAME-STYLE.ttf`."""
    done = fonts / f"{name}.done"
    if done.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = _command(["npm", "pack", f"@fontsource/{name}", "--silent"], Path(folder)).split()[-1]
        with tarfile.open(Path(folder) / packed) as archive:
            members = set(archive.getnames())
            for style in _STYLES:
                subsets = [f"package/files/{name}-{subset}-{style}.woff2" for subset in ("thai", "latin")]
                if not members.issuperset(subsets):
                    continue
                files = [archive.extractfile(subset) for subset in subsets]
                _merge_font([file.read() for file in files if file], fonts / f"{name}-{style}.ttf")
    done.touch()


def fetch_sarabun_new(fonts: Path) -> None:
    """Fetch TH Sarabun New and write its regular, italic and bold styles as `thsarabunnew-STYLE.ttf`."""
    if (fonts / "thsarabunnew-400-normal.ttf").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = _command(["npm", "pack", _SARABUN_NEW, "--silent"], Path(folder)).split()[-1]
        with tarfile.open(Path(folder) / packed) as archive:
            for mark, style in _SARABUN_NEW_FILES.items():
                file = archive.extractfile(f"package/fonts/THSarabunNew{mark}-webfont.ttf")
                if file is not None:
                    (fonts / f"thsarabunnew-{style}.ttf").write_bytes(file.read())


def fetch_tltk(build: Path) -> None:
    """Fetch TLTK's table of syllable trigrams (BSD-3-Clause) as `sylseg.3g`."""
    target = build / "sylseg.3g"
    if target.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        _command([sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", _TLTK], Path(folder))
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            target.write_bytes(wheel.read("tltk/sylseg.3g"))


def fetch_apt(build: Path) -> None:
    """Fetch the English word list, the Arundina fonts and LibreOffice's Thai messages of Debian, unpacked under `apt/`."""
    target = build / "apt"
    if target.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in _APT:
            _command(["apt-get", "download", name], Path(folder))
        for package in Path(folder).glob("*.deb"):
            _command(["dpkg-deb", "-x", str(package), str(target.resolve())], Path(folder))


def fetch_all(build: Path = BUILD) -> None:
    """Fetch every source that is not there yet. Raises SourceError with the command that failed."""
    fonts = build / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    fetch_tltk(build)
    fetch_apt(build)
    fetch_sarabun_new(fonts)
    for name in NPM_FONTS:
        fetch_npm_font(name, fonts)
