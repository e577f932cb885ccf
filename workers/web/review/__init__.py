"""The pages where a person settles doubtful fields, and those around them: queue, search, history, overview, sending scans."""
