"""The real web server on the settings of the environment, with a bell that nobody hears. Run as a process by tests."""

from __future__ import annotations

import ctypes
import signal

_PR_SET_PDEATHSIG = 1


def main() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # tests that are killed leave no server behind
    # here, because each child process of the server imports this module anew
    from workers.blobs import open_blobs
    from workers.logs import set_up_logs
    from workers.service import Service
    from workers.settings import load_settings
    from workers.store.connect import migrate, open_engine
    from workers.web.app import create_app
    from workers.web.server import server

    settings = load_settings()
    set_up_logs(settings.log_level)
    engine = open_engine(settings.database, settings.data)
    migrate(engine)
    blobs = open_blobs(settings.blobs, settings.data)
    server(settings, create_app(settings, Service(settings, engine, blobs, lambda bells: None))).run()


if __name__ == "__main__":
    main()
