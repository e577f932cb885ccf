"""From settings to what the pipeline needs: the engine, the forms, the limits and the digests of all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import ocr
import postprocess
from ocr.engine import TesseractEngine
from ocr.errors import LanguageMissing
from ocr.open import Limits
from postprocess.forms import Form, FormError, load_forms
from workers.cache import FOLDER, Store
from workers.machine import INSTALL, digest_of_files, digest_of_package, languages, tesseract_version
from workers.settings import Settings
from workers.steps import Kit


def engine(settings: Settings) -> TesseractEngine:
    """Tesseract as the settings say."""
    default = TesseractEngine()
    return TesseractEngine(
        language=settings.language or default.language,
        tessdata=settings.tessdata or (default.tessdata if settings.language is None else None),
        timeout=settings.page_seconds,
    )


def forms(settings: Settings) -> tuple[Form, ...]:
    """samnao's own forms and those in the folder of the settings; FormError where two share a name."""
    own = load_forms()
    more = load_forms(settings.forms) if settings.forms else ()
    if settings.forms and not more:
        raise FormError(f"{settings.forms}: no form (*.toml) in this folder; correct SAMNAO_FORMS")
    for form in more:
        if form.name in {known.name for known in own}:
            raise FormError(
                f"{settings.forms}: samnao has a form called {form.name!r} already; choose another name"
            )
    return own + more


def limits(settings: Settings) -> Limits:
    """The limits on scans."""
    return Limits(settings.max_bytes, settings.max_pages, settings.max_pixels)


def kit(settings: Settings, pictures: Path | None = None) -> Callable[[Path], Kit]:
    """What the workers need, for a work folder still to be named; `pictures` of doubtful fields go there, if anywhere."""
    reader, known, bounds = engine(settings), forms(settings), limits(settings)
    return lambda work: Kit(reader, bounds, known, work, pictures, settings.accept)


def store(settings: Settings, out: Path, plain: bool = False) -> Store:
    """The store of `out`, under digests that change with Tesseract, its models, samnao's code and the forms.

    `plain` texts are results of their own, which no form changes.

    Raises EngineMissing and LanguageMissing, so that a run that cannot read does not begin.
    """
    reader = engine(settings)
    folder, known = languages(reader.tessdata)
    wanted = reader.language.split("+")
    for name in wanted:
        if name not in known:
            raise LanguageMissing(f"Tesseract's data for {name} is not in {folder}; run: {INSTALL}")
    models = [folder / f"{name}.traineddata" for name in wanted] if folder else []
    read_by = [
        digest_of_package(Path(ocr.__path__[0])),
        tesseract_version(),
        reader.language,
        digest_of_files([model for model in models if model.is_file()]),
    ]
    made_by = [
        digest_of_package(Path(postprocess.__path__[0])),
        *(f"{form.name} {form.version}" for form in forms(settings)),
        settings.accept,
    ]
    if plain:
        return Store(out / FOLDER, _digest(read_by), _digest(made_by[:1]), "plain")
    return Store(out / FOLDER, _digest(read_by), _digest(made_by))


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
