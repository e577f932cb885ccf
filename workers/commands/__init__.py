"""The commands of `samnao`: each module has those of one subject, and imports what they need only when they run."""
