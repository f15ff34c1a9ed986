"""Version 1 of the JSON API: one file per noun; output shapes live beside their routes."""

from fastapi import APIRouter

from app.api.v1 import (
    clients,
    departments,
    engagement,
    goals,
    links,
    metrics,
    objectives,
    owners,
    themes,
)

api_router = APIRouter()
for module in (
    themes,
    departments,
    owners,
    goals,
    objectives,
    links,
    metrics,
    engagement,
    clients,
):
    api_router.include_router(module.router)
