"""Every route of the pages for people."""

from workers.web.review import finding, overview, queue, records, scans, sending

ROUTERS = (
    queue.router,
    records.router,
    scans.router,
    finding.router,
    overview.router,
    sending.router,
)
