"""Style sheets, scripts and pictures, read once. Addresses carry a fingerprint: browsers keep them for ever.

The style sheets of `static/styles` are one file to browsers: `app.css`.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from app.errors import NotFound

FOLDER = Path(__file__).with_name("static")
STYLES = "app.css"
A_YEAR = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent, plain and packed."""

    body: bytes
    packed: bytes
    media_type: str
    fingerprint: str


def read_files(folder: Path) -> dict[str, StaticFile]:
    """Every file of a folder by its name, and all style sheets together."""
    files = {
        file.name: _make_file(file.name, file.read_bytes()) for file in folder.iterdir() if file.is_file()
    }
    sheets = b"\n".join(sheet.read_bytes() for sheet in sorted((folder / "styles").glob("*.css")))
    return files | {STYLES: _make_file(STYLES, sheets)}


def _make_file(name: str, body: bytes) -> StaticFile:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(body, mtime=0)
    return StaticFile(body, packed, media_type, hashlib.blake2b(body, digest_size=6).hexdigest())


_files = read_files(FOLDER)


def static_url(name: str) -> str:
    """The address of a file, with its fingerprint."""
    return f"/static/{name}?v={_files[name].fingerprint}"


def takes_gzip(request: Request) -> bool:
    """May the answer be packed?"""
    return "gzip" in request.headers.get("accept-encoding", "")


@router.api_route("/static/{name:path}", methods=["GET", "HEAD"])
async def show_static_file(request: Request, name: str) -> Response:
    """One of our own files."""
    file = _files.get(name)
    if file is None:
        raise NotFound("There is no such file.")
    etag = f'"{file.fingerprint}"'
    current = request.query_params.get("v") == file.fingerprint
    headers = {"etag": etag, "cache-control": A_YEAR if current else AN_HOUR, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if not takes_gzip(request):
        return Response(file.body, headers=headers, media_type=file.media_type)
    headers["content-encoding"] = "gzip"
    return Response(file.packed, headers=headers, media_type=file.media_type)
