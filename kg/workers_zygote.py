"""The zygote: a process that loads the store once and forks workers from itself on demand.

It is started fresh (exec), has one thread and imports neither numpy nor an event loop, so that a
fork copies nothing that could be in the middle of something. It alone forks, waits for and kills
workers: a process id of a child that nobody has waited for cannot belong to another process.

Messages on its control socket are a letter and a worker's number. To the zygote: ``S`` start (the
worker's socket comes along), ``K`` kill, ``N`` make nice. From it: ``R`` ready, ``P`` started, with
the process id; ``X`` ended, with the wait status. When the control socket closes, all end.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from kg.workers_child import Receive, Send, serve, stored

MESSAGE = struct.Struct("!cI")
REPLY = struct.Struct("!cIi")
NICE = 13
"""Niceness of a worker whose query takes long."""
_BEHIND = 3
"""What is added to the niceness of every worker: it does not push aside the one who hands it the
next query and its answer to a client, which takes a part of the time. (With as many processors as
workers, a tenth more neighbours at depth 2 a second.)"""

_PR_SET_PDEATHSIG = 1


Work = Callable[[Receive, Send], None]
"""What a worker does with its connection, until the caller closes it."""


def main(control: socket.socket, settings: Mapping[str, Any]) -> None:
    """Load the store and fork workers until ``control`` is closed."""
    store = stored(settings)
    tend(control, partial(serve, store, settings))


def tend(control: socket.socket, work: Work) -> None:
    """Fork workers from this process until ``control`` is closed.

    What they need has been loaded, and no thread was started.
    """
    gc.collect()
    gc.freeze()  # so that a collection in a worker does not copy all these pages
    waking, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, who closes us
    control.sendall(REPLY.pack(b"R", 0, os.getpid()))
    nursery = _Nursery(work, control)
    while True:
        ready, _, _ = select.select([control.fileno(), waking], [], [])
        if waking in ready:
            os.read(waking, 4096)
            nursery.reap()
        if control.fileno() in ready:
            try:
                data, descriptors, _, _ = socket.recv_fds(control, MESSAGE.size, 1)
            except ConnectionResetError:  # closed before it read all that we said
                data = b""
            if not data:
                nursery.end()
                return
            order, number = MESSAGE.unpack(data)
            nursery.obey(order, number, descriptors)


class _Nursery:
    """The workers that live."""

    def __init__(self, work: Work, control: socket.socket) -> None:
        self._work = work
        self._control = control
        self._living: dict[int, int] = {}

    def obey(self, order: bytes, number: int, descriptors: list[int]) -> None:
        """Carry out one message."""
        if order == b"S":
            self._start(number, descriptors[0])
        elif number in self._living:
            if order == b"K":
                os.kill(self._living[number], signal.SIGKILL)
            else:
                os.setpriority(os.PRIO_PROCESS, self._living[number], NICE)

    def _start(self, number: int, descriptor: int) -> None:
        try:
            pid = os.fork()
        except OSError:
            os.close(descriptor)
            self._tell(b"X", number, -1)
            return
        if pid == 0:
            self._control.close()
            _live(self._work, socket.socket(fileno=descriptor))
        os.close(descriptor)
        self._living[number] = pid
        self._tell(b"P", number, pid)

    def reap(self) -> None:
        """Wait for those that have ended, and say so."""
        for number, pid in list(self._living.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del self._living[number]
                self._tell(b"X", number, status)

    def end(self) -> None:
        """Kill all."""
        for pid in self._living.values():
            os.kill(pid, signal.SIGKILL)
        for pid in self._living.values():
            os.waitpid(pid, 0)

    def _tell(self, what: bytes, number: int, value: int) -> None:
        with contextlib.suppress(OSError):  # the caller is gone; the next read says so
            self._control.sendall(REPLY.pack(what, number, value))


def _live(work: Work, connection: socket.socket) -> None:
    """Be a worker; does not return."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        if sys.platform == "linux":
            # A killed zygote takes its workers along.
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.nice(_BEHIND)
        silent = os.open(os.devnull, os.O_RDWR)
        os.dup2(silent, 2)  # the allocator prints before it aborts
        work(connection.recv, connection.sendall)
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        status = 0
    finally:
        os._exit(status)


def begin() -> None:
    """Run as the process that :mod:`kg.workers_nest` starts: socket and settings as arguments."""
    main(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
