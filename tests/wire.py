"""Requests and answers as bytes on a connection."""

from __future__ import annotations

import socket

from tests.serving import Served


def exchange(server: Served, *pieces: bytes, answers: int) -> list[bytes]:
    """Send bytes on one connection and return so many answers, each with its head."""
    host, port = server.address.removeprefix("http://").split(":")
    found = []
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        received = connection.makefile("rb")
        for _ in range(answers):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = received.readline()
                assert line, head
                head += line
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            found.append(head + received.read(length))
    return found


def request(path: str, *lines: str) -> bytes:
    """Return a GET as it goes over the wire."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def undated(answers: list[bytes]) -> set[bytes]:
    """Return different answers, whatever their date and the order of their headers."""
    return {
        b"\r\n".join(
            sorted(
                line
                for line in answer.partition(b"\r\n\r\n")[0].split(b"\r\n")
                if not line.lower().startswith(b"date:")
            )
        )
        + answer.partition(b"\r\n\r\n")[2]
        for answer in answers
    }
