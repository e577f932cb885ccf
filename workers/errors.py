"""What can go wrong around the scans, beside what `ocr.errors` draws.

SamnaoError
├── ScanError
│   └── UnknownForm              the scan was read, but it is none of the forms known here
├── PageError
│   └── PageCrash                the process that read the page died or failed
└── ApplicationError             the command cannot be carried out; nothing was read
    ├── SettingsError            a setting in the environment is wrong
    ├── InputError               a file or folder named on the command line cannot be used
    └── OutputError              the output folder cannot be written, is full or is in use
"""

from __future__ import annotations

from ocr.errors import PageError, SamnaoError, ScanError


class UnknownForm(ScanError):
    """The scan was read, but it is none of the forms known here."""

    code = "unknown_form"


class PageCrash(PageError):
    """The process that read the page died or failed."""

    code = "page_crash"


class ApplicationError(SamnaoError):
    """The command cannot be carried out."""

    code = "application"


class SettingsError(ApplicationError):
    """A setting in the environment is wrong."""

    code = "settings"


class InputError(ApplicationError):
    """A file or folder named on the command line cannot be used."""

    code = "input"


class OutputError(ApplicationError):
    """The output folder cannot be written, is full or is in use."""

    code = "output"
