"""Style sheets and pictures, read once. Addresses carry a fingerprint, so browsers keep them for ever."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from app.errors import NotFound

FOLDER = Path(__file__).with_name("static")
A_YEAR = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    body: bytes
    media_type: str
    fingerprint: str


def read_files(folder: Path) -> dict[str, StaticFile]:
    """Every file below a folder, by its path from there."""
    files = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            body = file.read_bytes()
            media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            fingerprint = hashlib.blake2b(body, digest_size=6).hexdigest()
            files[file.relative_to(folder).as_posix()] = StaticFile(body, media_type, fingerprint)
    return files


_files = read_files(FOLDER)


def static_url(name: str) -> str:
    """The address of a file, with its fingerprint."""
    return f"/static/{name}?v={_files[name].fingerprint}"


@router.api_route("/static/{name:path}", methods=["GET", "HEAD"])
async def show_static_file(request: Request, name: str) -> Response:
    """One of our own files."""
    file = _files.get(name)
    if file is None:
        raise NotFound("There is no such file.")
    etag = f'"{file.fingerprint}"'
    current = request.query_params.get("v") == file.fingerprint
    headers = {"etag": etag, "cache-control": A_YEAR if current else AN_HOUR}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(file.body, headers=headers, media_type=file.media_type)
