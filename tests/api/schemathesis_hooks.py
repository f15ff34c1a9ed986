"""Our reading of one check: what a DELETE leaves behind. Loaded by schemathesis itself."""

import json
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import use_after_free


@schemathesis.check
def gone_or_archived(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> bool | None:
    """After a DELETE a thing is gone, or it says that it is archived: history is never taken away."""
    try:
        return use_after_free(ctx, response, case)
    except Failure:
        if case.operation.method.lower() == "get" and json.loads(response.content).get("archived_at"):
            return None
        raise
