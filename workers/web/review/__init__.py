"""The pages where a person settles doubtful fields, and those around them: queue, search, history, overview, sending scans."""

from workers.web.review import queue, records, scans

ROUTERS = (queue.router, records.router, scans.router)
