"""The HTML door: the pages people read. One file per noun: its routes and the view-models they show."""

from app.web import linkage_rules, problem_kinds, reference, static_files

web_routes = [
    route
    for module in (reference, problem_kinds, linkage_rules, static_files)
    for route in module.router.routes
]
