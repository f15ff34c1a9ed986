"""The HTML door: the pages people read. One file per noun: its routes and the view-models they show."""

from fastapi import APIRouter

from app.web import problem_kinds, reference, static_files

web_router = APIRouter(include_in_schema=False)
for module in (reference, problem_kinds, static_files):
    web_router.include_router(module.router)
