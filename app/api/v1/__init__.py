"""Version 1 of the JSON API: one file per noun; output shapes live beside their routes.

A noun's files are loaded when somebody first asks for it, so that none makes a start slower
(`app/late_routes.py`).
"""

from importlib import import_module

from starlette.routing import BaseRoute

# What follows /api/v1/ in a path, and the files whose routes answer it, in the order in which they are asked.
NOUNS: dict[str, tuple[str, ...]] = {
    "me": ("me",),
    "organization": ("organization",),
    "themes": ("themes",),
    "departments": ("departments",),
    "owners": ("owners",),
    # The tree before the goals, because its path would read as a goal's.
    "goals": ("goals_tree", "goals"),
    "objectives": ("objectives",),
    "initiatives": ("initiatives",),
    "links": ("links",),
    "kpis": ("kpis", "targets", "measurements"),
    "change-requests": ("change_requests",),
    "metrics": ("metrics",),
    # The record before the commitments, because its path would read as a commitment's.
    "commitments": ("commitments_record", "commitments", "commitments_concerns"),
    "partnerships": ("partnerships",),
    "peer-notes": ("peer_notes",),
    "reviews": ("reviews", "reviews_facts", "reviews_closing"),
    "rituals": ("rituals", "rituals_occurrences"),
    "parked-items": ("parked_items",),
    "decision-types": ("decision_types",),
    "decisions": ("decisions", "decisions_steps"),
    # Answers before the surveys, because their paths would read as a survey's.
    "surveys": ("survey_answers", "surveys", "survey_results"),
    "engagement-scores": ("engagement",),
    "engagement-segments": ("engagement_segments",),
    "linkage": ("waivers", "linkage", "linkage_findings"),
    "alignment": ("alignment_levels", "alignment"),
    "clients": ("clients",),
    "events": ("events",),
    "changes": ("changes",),
}


def load_noun(noun: str) -> list[BaseRoute]:
    """The routes of one noun."""
    return [route for file in NOUNS[noun] for route in import_module(f"app.api.v1.{file}").router.routes]
