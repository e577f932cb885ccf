"""The database: the truth about submissions, documents, pages, records and the work still to be done.

Every other module here is one subject: functions that take an open `Session` (or an `Engine`, where they need a
transaction of their own) and frozen values, and give frozen values. Nothing else in samnao writes SQL.
"""
