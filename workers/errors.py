"""What can go wrong around the scans, beside what `ocr.errors` draws.

SamnaoError
├── ScanError
│   └── UnknownForm              the scan was read, but it is none of the forms known here
├── PageError
│   └── PageCrash                the process that read the page died or failed
└── ApplicationError             the command cannot be carried out; nothing was read
    ├── SettingsError            a setting in the environment is wrong
    ├── InputError               a file or folder named on the command line cannot be used
    ├── OutputError              the output folder cannot be written, is full or is in use
    ├── Refused                  files were sent of which some cannot be taken; none of them was
    ├── Busy                     more work is waiting than the service takes on; later there is room again
    ├── ScannerError             the scanner cannot be used as asked, or stopped
    └── BackupError              the backup is not whole, or cannot be restored here
"""

from __future__ import annotations

from collections.abc import Sequence

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


class Refused(ApplicationError):
    """Files were sent of which some cannot be taken; none of them was. `files` are their names, each with its error."""

    code = "refused"

    def __init__(self, files: Sequence[tuple[str, SamnaoError]]) -> None:
        super().__init__("\n".join(f"{name}: {error}" for name, error in files))
        self.files = tuple(files)


class Busy(ApplicationError):
    """More work is waiting than the service takes on; try again after `retry_after` seconds."""

    code = "busy"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ScannerError(ApplicationError):
    """The scanner cannot be used as asked, or stopped."""

    code = "scanner"


class BackupError(ApplicationError):
    """The backup is not whole, or cannot be restored here."""

    code = "backup"
