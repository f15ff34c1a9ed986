"""The HTML door: the pages people read."""

from fastapi import APIRouter

web_router = APIRouter()
