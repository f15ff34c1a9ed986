"""Examples of the OpenAPI document, all from one pretended organization, so that they fit each other.

Bodies are written here by hand; most examples of answers follow from them (app/api/sketches.py).
"""

from typing import Any

# By the name of their contract: bodies, and answers that do not follow from one.
EXAMPLES: dict[str, Any] = {
    "GoalInput": {
        "code": "G2",
        "title": "Offer one seamless journey in store, on the web and in the app",
        "why": "Customers who use two channels spend nearly twice as much and stay twice as long.",
        "theme": "CHANNELS",
        "owner": "helena.marsh@larkmoor.example",
        "status": "active",
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "rank": 2,
        "cross_functional": True,
        "assumptions": [
            {"text": "One stock file for all channels is live by the summer.", "review_on": "2026-06-30"}
        ],
    },
    "OrganizationInput": {
        "name": "Larkmoor Group",
        "vision": {
            "statement": "Every household finds what it needs today, at a fair price.",
            "why": "A well-run local store keeps work in the towns we trade in.",
            "horizon": "2030",
            "core_terms": ["household", "fair price"],
        },
        "mission": "We keep everyday goods in stock and sell them honestly.",
        "values": [
            {"name": "Customer first", "behaviours": ["Says what the customer will notice."]},
        ],
        "fiscal_year_start": 4,
        "minimum_group": 5,
        "time_zone": "Europe/London",
    },
    "ThemeInput": {
        "code": "CHANNELS",
        "name": "One journey, every channel",
        "description": "Stores, web and app are one shop to the customer.",
        "rank": 2,
    },
    "ObjectiveInput": {
        "code": "STORES-2",
        "title": "Serve every customer at the till within three minutes",
        "why": "The queue is the last thing customers see of us.",
        "department": "STORES",
        "owner": "helena.marsh@larkmoor.example",
        "status": "active",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "effort": 45,
    },
    "LinkInput": {
        "source": "STORES-2",
        "target": "G2",
        "type": "contributes",
        "weight": 25,
        "effort": 60,
        "rationale": "Waiting time is the reason customers give most often for going elsewhere.",
        "need_by": None,
    },
    "DepartmentInput": {
        "code": "STORES",
        "name": "Stores",
        "parent": "GROUP",
        "head": "gareth.lowell@larkmoor.example",
        "headcount": 2140,
        "location": "Eastfield",
        "external_id": "ORG-100",
        "active": True,
    },
    "OwnerInput": {
        "email": "orla.kinsella@larkmoor.example",
        "name": "Orla Kinsella",
        "title": "Head of Store Operations",
        "department": "STORES",
        "level": "middle",
        "manager": "gareth.lowell@larkmoor.example",
        "external_id": "P-2207",
        "active": True,
        "role": "contributor",
    },
    "KpiInput": {
        "code": "QUEUE-TIME",
        "name": "Customers served within three minutes",
        "description": "Share of customers who reach the till in time, sampled on four days a month.",
        "unit": "percent",
        "direction": "higher",
        "cadence": "monthly",
        "grace_days": 5,
        "aggregation": "ratio_of_sums",
        "kind": "numeric",
        "source": "manual",
        "owner": "gareth.lowell@larkmoor.example",
        "updater": "orla.kinsella@larkmoor.example",
        "department": None,
        "departments": ["STORES"],
        "measures": ["STORES-2"],
        "baseline": 71.5,
        "active": True,
        "guards": ["STAFF-TURNOVER"],
    },
    "TargetInput": {
        "from": "2026-01",
        "to": "2026-12",
        "department": "STORES",
        "target": 85,
        "amber": 80,
        "red": 70,
    },
    "MeasurementInput": {
        "value": 78,
        "numerator": 39,
        "denominator": 50,
        "note": "Two tills were closed for repair in the second week.",
        "confidence": 4,
    },
    "MeasurementBatch": {
        "items": [
            {
                "period": "2026-09",
                "department": "STORES",
                "value": 81.5,
                "numerator": 163,
                "denominator": 200,
            },
            {"period": "2026-10", "department": "STORES", "value": 78, "numerator": 39, "denominator": 50},
        ]
    },
    "ClientInput": {
        "name": "HR system",
        "scopes": ["engagement:write", "metrics:read"],
        "department": None,
        "source": "peakon",
        "suppresses_small_groups": False,
        "expires_at": "2027-12-31",
    },
    "SegmentInput": {"department": "STORES"},
    "MetricOut": {
        "kpi": {
            "id": "019a2048-1a9b-771c-9e35-9551a0175801",
            "code": "QUEUE-TIME",
            "name": "Customers served within three minutes",
            "unit": "percent",
            "direction": "higher",
            "cadence": "monthly",
        },
        "department": {"id": "019a2048-1a9b-771c-9e35-9551a0175802", "code": "STORES", "name": "Stores"},
        "period": "2026-10",
        "value": 78,
        "numerator": 39,
        "denominator": 50,
        "n": None,
        "interval": None,
        "target": 85,
        "status": "red",
        "status_reason": "78 is below 80, where amber begins.",
        "stale": False,
        "suppressed": False,
        "trend": "down",
        "signal": None,
        "source": "manual",
        "revision": 1,
        "recorded_at": "2026-11-03T08:30:00Z",
    },
    "Health": {"status": "ready"},
}
# References as answers show them, by the field that carries them.
_HELENA = {"code": "helena.marsh@larkmoor.example", "name": "Helena Marsh"}
REFERENCES = {
    "theme": {"code": "CHANNELS", "name": "One journey, every channel"},
    "department": {"code": "STORES", "name": "Stores"},
    "parent": {"code": "GROUP", "name": "Larkmoor Group"},
    "owner": _HELENA,
    "head": _HELENA,
    "manager": _HELENA,
    "updater": _HELENA,
    "kpi": {"code": "ENGAGEMENT", "name": "Employee engagement"},
}
ANY_REFERENCE = {"code": "G2", "name": "Offer one seamless journey in store, on the web and in the app"}
PATH_VALUES = {name: each["code"] for name, each in REFERENCES.items()} | {"period": "2026-10"}
