"""The HTML door: the pages people read. One file per noun: its routes and the view-models they show."""

from fastapi import APIRouter

from app.web import linkage_rules, problem_kinds, reference, static_files

web_router = APIRouter(include_in_schema=False)
for module in (reference, problem_kinds, linkage_rules, static_files):
    web_router.include_router(module.router)
