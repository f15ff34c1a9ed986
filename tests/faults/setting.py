"""What a fault run needs in the database before it starts: a machine with a key."""

from app.actions.keys import issue_client_key
from app.domain.permissions import SCOPES, SYSTEM
from tests.factories import make_client
from tests.faults.processes import AppProcess, look_inside


async def make_key(app: AppProcess) -> str:
    """The key of a machine with every scope."""
    async with look_inside(app.folder) as session:
        client = await make_client(session, scopes=SCOPES, suppresses_small_groups=True)
        return await issue_client_key(session, client, actor=SYSTEM)
