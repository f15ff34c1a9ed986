"""Who am I, for people and machines."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.permissions import Permission, Role
from tests.cast import Cast
from tests.factories import make_department

PATH = "/api/v1/me"


async def test_a_person_reads_their_role_and_department(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    head = await cast.person(Role.HEAD, department=department)
    owner = head.owner  # type: ignore[attr-defined]
    assert (await head.get(PATH)).json() == {
        "kind": "person",
        "id": str(owner.id),
        "name": owner.name,
        "email": owner.email,
        "role": "head",
        "scopes": None,
        "department": {"id": str(department.id), "code": department.code, "name": department.name},
        "source": None,
    }


async def test_a_machine_reads_its_scopes_and_what_it_is_bound_to(cast: Cast, session: AsyncSession) -> None:
    department = await make_department(session)
    robot = await cast.machine(
        Permission.METRICS_READ,
        Permission.ENGAGEMENT_WRITE,
        department_id=department.id,
        source="peakon",
    )
    machine = robot.machine  # type: ignore[attr-defined]
    assert (await robot.get(PATH)).json() == {
        "kind": "client",
        "id": str(machine.id),
        "name": machine.name,
        "email": None,
        "role": None,
        "scopes": ["engagement:write", "metrics:read"],
        "department": {"id": str(department.id), "code": department.code, "name": department.name},
        "source": "peakon",
    }


async def test_who_has_no_role_still_learns_who_they_are(cast: Cast) -> None:
    stranger = await cast.stranger()
    answer = await stranger.get(PATH)
    assert (answer.status_code, answer.json()["role"], answer.json()["department"]) == (200, None, None)


async def test_without_a_key_nobody_is_anybody(cast: Cast) -> None:
    answer = await (await cast.browse()).get(PATH)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
