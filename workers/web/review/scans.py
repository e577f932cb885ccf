"""Pictures of pages, scaled, with a name that changes when the picture does, so that browsers may keep them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workers.store.connect import reading
from workers.store.errors import BlobMissing, NotFound
from workers.store.schema import Page
from workers.web.auth import Actor, needs, service_of
from workers.web.review.pictures import PictureCache, allowed, scaled

router = APIRouter(include_in_schema=False)
_cache = PictureCache()
_KEEP = "private, max-age=86400, immutable"


@router.get("/scans/{document_id}/{number}/{width}.jpg")
def picture(
    request: Request,
    document_id: int,
    number: int,
    width: int,
    actor: Annotated[Actor, Depends(needs("review"))],
) -> Response:
    """The picture of a page, at most `width` pixels across; 304 where the browser has it."""
    del actor
    service = service_of(request)
    if not allowed(width):
        raise NotFound("pictures are not made in this width")
    with reading(service.engine) as session:
        page = session.get(Page, (document_id, number))
        digest = page.image if page else None
    if digest is None:
        raise NotFound("there is no picture of this page")
    tag = f'"{digest[:32]}-{width}"'
    headers = {"ETag": tag, "Cache-Control": _KEEP}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)

    def make() -> bytes:
        try:
            with service.blobs.open(digest) as stream:
                return scaled(stream.read(), width)
        except BlobMissing as error:
            raise NotFound("the picture of this page is not in the blob store") from error

    data = _cache.get(f"{digest}-{width}", make)
    return Response(data, media_type="image/jpeg", headers=headers)
