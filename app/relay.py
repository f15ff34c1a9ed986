"""Which mail server takes our mails, read from one address. Speaking to it is in `smtp`."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

_LOCAL = ("localhost", "127.0.0.1", "::1")
_PORTS = {"smtp": 587, "smtps": 465}


class Tls(StrEnum):
    """How the way to the server is kept secret."""

    STARTTLS = "starttls"
    FROM_THE_START = "from the start"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server and how to speak to it. `ca`: a file of certificates to trust besides the system's."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """How mails leave the house: over which server, from whom, and the address at which people find us."""

    relay: Relay
    sender: str
    site: str


def read_relay(address: str) -> Relay:
    """The server of an address like `smtp://user:password@host:587`. ValueError says what is wrong with it.

    `smtp` begins in the open and must change to TLS; `?starttls=no` leaves that out. `smtps` is TLS from the
    start. A password goes to nobody in the open, except on this machine.

    >>> read_relay("smtps://u%40x:secret@mail.example").user
    'u@x'
    """
    parts = urlsplit(address)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
        raise ValueError("a mail server is written like smtp://user:password@host:587")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    wants_tls = options.pop("starttls", "yes") != "no"
    ca = options.pop("ca", None)
    if options:
        raise ValueError(f"{', '.join(sorted(options))} is not known here: starttls and ca are")
    tls = Tls.FROM_THE_START if parts.scheme == "smtps" else Tls.STARTTLS if wants_tls else Tls.NONE
    if parts.password and tls is Tls.NONE and parts.hostname not in _LOCAL:
        raise ValueError("a password would go through the net in the open; leave out starttls=no")
    return Relay(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        tls=tls,
        user=parts.username and unquote(parts.username),
        password=parts.password and unquote(parts.password),
        ca=ca,
    )
