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
    """After a DELETE a thing is gone, or says that it is archived or withdrawn: history stays."""
    try:
        return use_after_free(ctx, response, case)
    except Failure:
        if case.operation.method.lower() == "get":
            shown = json.loads(response.content)
            if shown.get("archived_at") or shown.get("withdrawn"):
                return None
        raise
