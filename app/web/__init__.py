"""The HTML door: the pages people read. One file per noun: its routes and the view-models they show."""

from app.web import (
    departments,
    design,
    events,
    goals,
    goals_map,
    home,
    linkage,
    linkage_rules,
    objectives,
    owners,
    passwords,
    problem_kinds,
    reference,
    search,
    settings,
    settings_clients,
    settings_departments,
    settings_owners,
    settings_segments,
    sign_in,
    sign_ins,
    static_files,
    updates,
    updates_end,
    updates_paste,
)

web_routes = [
    route
    for module in (
        departments,
        owners,
        events,
        home,
        sign_in,
        sign_ins,
        passwords,
        # Before the pages of single goals: no goal is called map.
        goals_map,
        goals,
        linkage,
        objectives,
        reference,
        search,
        settings,
        settings_clients,
        settings_departments,
        settings_owners,
        settings_segments,
        updates,
        updates_end,
        updates_paste,
        problem_kinds,
        linkage_rules,
        design,
        static_files,
    )
    for route in module.router.routes
]
