"""Version 1 of the JSON API: one file per noun; output shapes live beside their routes."""

from app.api.v1 import (
    changes,
    clients,
    commitments,
    decision_types,
    decisions,
    decisions_steps,
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
    peer_notes,
    targets,
    themes,
    waivers,
)

api_routes = [
    route
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
        commitments,
        peer_notes,
        decision_types,
        decisions,
        decisions_steps,
        engagement,
        engagement_segments,
        waivers,
        linkage,
        linkage_findings,
        clients,
        events,
        changes,
    )
    for route in module.router.routes
]
