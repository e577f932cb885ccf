"""An export into a file: whole, or not there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from workers.errors import OutputError


def write_out(pieces: Iterator[bytes], out: Path | None) -> None:
    """Write `pieces` to the file `out`, which keeps its old content until all is there; without one, to standard output.

    OutputError where it cannot be written.
    """
    if out is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        raise OutputError(
            f"{out} cannot be written ({error.strerror}): check the folder, its rights and the room on its disk"
        ) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
