"""Who may use what of the pages, route by route: one letter for each of `ROLES`.

`y` the page answers; `f` visible but not allowed (403); `h` hidden (404); `s` sent to sign in. A route that
is not here fails its test, which tells what it answers today: read it against who may, then add it.
"""

# admin, executive, head of the department, head of another one, contributor, viewer, facilitator, signed out
ROLES = ("admin", "executive", "head", "other head", "contributor", "viewer", "facilitator", "signed out")

VISIBLE = {}
