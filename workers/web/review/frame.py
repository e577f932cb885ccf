"""What stands around every page for people: language, menu, who is signed in; and the words in templates."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from postprocess.forms import Form
from workers import setup
from workers.settings import Settings
from workers.store import people
from workers.web.auth import Actor, service_of
from workers.web.review.words import LANGUAGES, WORDS, Language, say

LANGUAGE_COOKIE = "samnao_language"
BANGKOK = timezone(timedelta(hours=7))
_ACTOR = "reviewer"


def language_of(request: Request, actor: Actor | None = None) -> Language:
    """The language of whoever is signed in, else that of the cookie, else Thai."""
    wanted = actor.language if actor else request.cookies.get(LANGUAGE_COOKIE)
    return next((language for language in LANGUAGES if language == wanted), "th")


def frame(request: Request) -> dict[str, Any]:
    """What every template may use (a context processor of `workers.web.pages.templates`)."""
    actor: Actor | None = request.scope.get("state", {}).get(_ACTOR)
    language = language_of(request, actor)

    def t(key: str, **values: Any) -> str:
        words: str = say(key, language, **values)
        return words

    def say_error(error: Any) -> str:
        words = say(f"error_{error.code}", language, default=None)
        return words if words is not None else f"{error.detail}: {error.remedy}"

    return {
        "t": t,
        "lang": language,
        "me": actor,
        "here": request.url.path,
        "address_here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "allowed": lambda role: actor is not None and people.allows(actor.role, role),
        "say_error": say_error,
        "moment": lambda at: moment(at, language),
        "ago": lambda at: ago(time.time() - at, language),
    }


def show(
    request: Request, actor: Actor, name: str, context: Mapping[str, Any], status: int = 200
) -> Response:
    """The template `name` for `actor`."""
    request.scope.setdefault("state", {})[_ACTOR] = actor
    found: Jinja2Templates = request.app.state.templates
    return found.TemplateResponse(request, name, dict(context), status_code=status)


def render(request: Request, actor: Actor, name: str, context: Mapping[str, Any]) -> str:
    """The same as text, for a part of a page."""
    request.scope.setdefault("state", {})[_ACTOR] = actor
    found: Jinja2Templates = request.app.state.templates
    return str(found.get_template(name).render({**frame(request), **context}))


def moment(at: float | None, language: str) -> str:
    """A time as people in Bangkok read it; the year in the era of the language."""
    if at is None:
        return ""
    local = datetime.fromtimestamp(at, UTC).astimezone(BANGKOK)
    year = local.year + 543 if language == "th" else local.year
    return f"{local.day:02d}/{local.month:02d}/{year} {local:%H:%M}"


def ago(seconds: float, language: str) -> str:
    """How long ago, in one unit."""
    minutes = max(0, int(seconds // 60))
    if minutes < 60:
        return say("ago_minutes", language, n=minutes)
    if minutes < 48 * 60:
        return say("ago_hours", language, n=minutes // 60)
    return say("ago_days", language, n=minutes // 1440)


def form_named(request: Request, name: str) -> Form | None:
    """The form a record is of; None where the settings know it no more."""
    return forms_by_name(service_of(request).settings).get(name)


def forms_by_name(settings: Settings) -> dict[str, Form]:
    """Every form that the settings know."""
    return _forms(settings.forms)


@lru_cache(maxsize=8)
def _forms(folder: Path | None) -> dict[str, Form]:
    return {form.name: form for form in setup.forms(Settings(forms=folder))}


def script_words(language: str, *keys: str, **marks: Mapping[str, str]) -> dict[str, str]:
    """Words for a script; ``{name}`` in them is written ``%name``."""
    found = {}
    for key in keys:
        text = WORDS[key][0 if language == "th" else 1]
        found[key] = text.replace("{", "%").replace("}", "")
    return {**found, **{name: text for more in marks.values() for name, text in more.items()}}
