"""Gives rights to those who come to the broker with a name, in Kafka's own protocol (CreateAcls)."""
import os
import socket
import struct

CREATE_ACLS, VERSION = 30, 1
TOPIC, GROUP, TRANSACTIONAL_ID = 2, 3, 5
READ, WRITE, DESCRIBE = 3, 4, 8
LITERAL, PREFIXED = 3, 4
ALLOW = 3


def text(value: str) -> bytes:
    return struct.pack(">h", len(value)) + value.encode()


def allow(name: str, *rights: tuple[int, str, int, int]) -> None:
    """`rights`: what it is, its name, LITERAL or PREFIXED, what may be done."""
    body = struct.pack(">i", len(rights))
    for kind, resource, pattern, operation in rights:
        body += (struct.pack(">b", kind) + text(resource) + struct.pack(">b", pattern) + text(f"User:{name}") + text("*")
                 + struct.pack(">bb", operation, ALLOW))
    request = struct.pack(">hhi", CREATE_ACLS, VERSION, 1) + text("weir") + body
    host, port = os.environ["KAFKA_BOOTSTRAP_SERVERS"].split(",")[0].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        answer = connection.makefile("rb")
        size = struct.unpack(">i", answer.read(4))[0]
        response = answer.read(size)
    at = 12  # correlation, throttle time, how many
    for _ in rights:
        code, size = struct.unpack_from(">hh", response, at)
        if code != 0:
            raise RuntimeError(f"CreateAcls: {response[at + 4:at + 4 + size].decode()}")
        at += 4 + max(size, 0)
