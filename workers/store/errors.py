"""What can go wrong in the store.

SamnaoError
└── StoreError                   the store cannot do what was asked
    ├── LeaseLost                another worker has the job now, or it is done; its result must not be stored
    ├── IdempotencyConflict      the same idempotency key was used before for something else
    ├── NotFound                 there is no such thing in the store
    ├── BlobMissing              the blob store does not have it
    └── BlobDamaged              its bytes are not those that were put there
"""

from __future__ import annotations

from ocr.errors import SamnaoError


class StoreError(SamnaoError):
    """The store cannot do what was asked."""

    code = "store"


class LeaseLost(StoreError):
    """Another worker has the job now, or it is done; its result must not be stored."""

    code = "lease_lost"


class IdempotencyConflict(StoreError):
    """The same idempotency key was used before for something else."""

    code = "idempotency_conflict"


class NotFound(StoreError):
    """There is no such thing in the store."""

    code = "not_found"


class BlobMissing(StoreError):
    """The blob store does not have it."""

    code = "blob_missing"


class BlobDamaged(StoreError):
    """The bytes in the blob store are not those that were put there."""

    code = "blob_damaged"
