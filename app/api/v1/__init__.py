"""Version 1 of the JSON API: one file per noun; output shapes live beside their routes."""

from fastapi import APIRouter

from app.api.v1 import (
    changes,
    clients,
    departments,
    engagement,
    engagement_segments,
    events,
    goals,
    goals_tree,
    kpis,
    linkage,
    linkage_findings,
    links,
    me,
    measurements,
    metrics,
    objectives,
    organization,
    owners,
    targets,
    themes,
    waivers,
)

api_router = APIRouter()
for module in (
    me,
    organization,
    themes,
    departments,
    owners,
    # Before the goals, because its path would read as a goal's.
    goals_tree,
    goals,
    objectives,
    links,
    kpis,
    targets,
    measurements,
    metrics,
    engagement,
    engagement_segments,
    waivers,
    linkage,
    linkage_findings,
    clients,
    events,
    changes,
):
    api_router.include_router(module.router)
