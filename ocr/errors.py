"""What can go wrong with a scan, and what the user can do about it.

SamnaoError                      every error that samnao raises on purpose
├── ScanError                    one scan cannot be used; the rest of the batch goes on
│   ├── UnsupportedFile          not an image or PDF, whatever its name says
│   ├── EmptyFile                no bytes, or a document without pages
│   ├── DamagedFile              truncated or broken inside
│   ├── EncryptedFile            a PDF that asks for a password
│   ├── TooLarge                 more pixels, pages or bytes than the limits allow
│   └── ChangedWhileReading      the file was still being written
├── PageError                    one page cannot be read; the other pages go on
│   ├── PageTimeout              reading took longer than the limit
│   └── PageMemory               reading took more memory than the limit
└── EngineError                  nothing can be read on this machine
    ├── EngineMissing            the tesseract program is not installed
    └── LanguageMissing          Tesseract's data for a language is not installed

Each error has a stable `code` (written to ``failures.jsonl``) and a message that ends in a remedy.
"""


class SamnaoError(Exception):
    """An error with a stable `code`; its text says what is wrong and what to do."""

    code = "error"


class ScanError(SamnaoError):
    """One scan cannot be used."""

    code = "scan"


class UnsupportedFile(ScanError):
    """The bytes are neither an image nor a PDF."""

    code = "unsupported_file"


class EmptyFile(ScanError):
    """The file holds no bytes or no page."""

    code = "empty_file"


class DamagedFile(ScanError):
    """The file is truncated or broken inside."""

    code = "damaged_file"


class EncryptedFile(ScanError):
    """The PDF asks for a password."""

    code = "encrypted_file"


class TooLarge(ScanError):
    """The file has more pixels, pages or bytes than the limits allow."""

    code = "too_large"


class ChangedWhileReading(ScanError):
    """The file changed between the first and the last look at it."""

    code = "changed_while_reading"


class PageError(SamnaoError):
    """One page cannot be read."""

    code = "page"


class PageTimeout(PageError):
    """Reading the page took longer than the limit."""

    code = "page_timeout"


class PageMemory(PageError):
    """Reading the page took more memory than the limit."""

    code = "page_memory"


class EngineError(SamnaoError):
    """Nothing can be read on this machine."""

    code = "engine"


class EngineMissing(EngineError):
    """The tesseract program is not installed."""

    code = "engine_missing"


class LanguageMissing(EngineError):
    """Tesseract's data for a language is not installed."""

    code = "language_missing"
