"""Asks a broker which brokers take part, in Kafka's own protocol: ready is what answers, not what listens."""
import socket
import struct

METADATA, VERSION, CORRELATION = 3, 1, 1


def live_brokers(address: str, timeout: float = 2.0) -> set[int]:
    """The ids of the brokers that are unfenced; empty if this one does not answer yet."""
    host, port = address.rsplit(":", 1)
    client = b"weir"
    # No topics are asked for: an empty array.
    request = struct.pack(">hhih", METADATA, VERSION, CORRELATION, len(client)) + client + struct.pack(">i", 0)
    try:
        with socket.create_connection((host, int(port)), timeout=timeout) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            size = struct.unpack(">i", read_exactly(connection, 4))[0]
            return parse_brokers(read_exactly(connection, size))
    except (OSError, EOFError, struct.error):
        return set()


def read_exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def parse_brokers(response: bytes) -> set[int]:
    _, count = struct.unpack_from(">ii", response, 0)
    at, ids = 8, set()
    for _ in range(count):
        node, host_size = struct.unpack_from(">ih", response, at)
        at += 6 + host_size + 4  # host, port
        rack_size = struct.unpack_from(">h", response, at)[0]
        at += 2 + max(rack_size, 0)
        ids.add(node)
    return ids
