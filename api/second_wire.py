"""What goes between a server and its second process: letters, bodies, and open connections.

Messages on the control socket are a letter, a length and a body; those with a connection bring its
descriptor along. To the process: ``L`` a connection is lent (:data:`SIZE`, what is known of its
client in JSON, the request), ``R`` so many connections shall go back (:data:`SIZE`), ``E`` all, and
those that are still on their way. From it: ``!`` ready, ``B`` a connection goes back (the bytes
that are not answered), ``T`` how it does (:data:`TOLD`), ``E`` all are back. When the socket closes
the process lets go of what it has.
"""

from __future__ import annotations

import socket
import struct
from collections import deque
from collections.abc import Iterator

MESSAGE = struct.Struct("!cI")
SIZE = struct.Struct("!I")
TOLD = struct.Struct("!II")
"""Connections that their clients have closed, in all, and those that asked since it told last."""
DRAIN = 10.0
"""Seconds that clients have for the rest of their answers when the process ends."""
_PART = 1 << 16
_MOST = 64
"""Descriptors that come with one read."""


class Messages:
    """What comes in on a control socket: letters, bodies and descriptors."""

    def __init__(self, control: socket.socket, with_descriptor: bytes) -> None:
        self._control = control
        self._with = with_descriptor
        self._input = bytearray()
        self._descriptors: deque[int] = deque()

    def read(self) -> Iterator[tuple[bytes, bytes, int]]:
        """Yield what has come: letter, body, descriptor (-1: none).

        Raises:
            EOFError: the other side has closed the socket.
        """
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, _PART, _MOST)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            raise EOFError
        self._input += data
        self._descriptors += descriptors
        while len(self._input) >= MESSAGE.size:
            letter, length = MESSAGE.unpack_from(self._input)
            end = MESSAGE.size + length
            if len(self._input) < end:
                return
            body = bytes(self._input[MESSAGE.size : end])
            del self._input[:end]
            yield letter, body, self._descriptors.popleft() if letter in self._with else -1


def message(letter: bytes, body: bytes = b"") -> bytes:
    """Return the bytes of a message."""
    return MESSAGE.pack(letter, len(body)) + body
