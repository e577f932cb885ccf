"""Forms and Thai: lines of text in, checked records out. Knows nothing of files, queues or pixels."""
