"""The application: command line, settings, and the pipeline that joins `ocr` and `postprocess`."""
