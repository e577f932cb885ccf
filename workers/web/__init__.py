"""The web: an API for programs and pages for people, on one FastAPI application (`workers.web.app`)."""
