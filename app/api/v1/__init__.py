"""Version 1 of the JSON API: one file per noun; output shapes live beside their routes."""

from fastapi import APIRouter

from app.api.v1 import (
    clients,
    departments,
    engagement,
    goals,
    metrics,
    owners,
)

api_router = APIRouter()
for module in (
    departments,
    owners,
    clients,
    goals,
    engagement,
    metrics,
):
    api_router.include_router(module.router)
