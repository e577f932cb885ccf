"""How scans come in: over HTTP, from watched folders, from scanners, by command. All go through `door.submit`."""
