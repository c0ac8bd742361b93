"""The broker of the tests, by tools/kafka; its address stands in KAFKA_BOOTSTRAP_SERVERS."""
import dataclasses
import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("WEIR_BIN") or ROOT / "build" / "release" / "bin")


def client(*arguments: str, input: bytes | None = None) -> bytes:
    done = subprocess.run([BIN / "kafka_client", *arguments], input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL if input is None else None)
    if done.returncode != 0:
        raise RuntimeError(f"kafka_client {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


_topics = 0


def fresh(stem: str) -> str:
    """A name that no other test uses."""
    global _topics
    _topics += 1
    return f"{stem}-{os.getpid()}-{int(time.time())}-{_topics}"


def create_topic(name: str, partitions: int = 1, *settings: str) -> str:
    client("topic", "create", name, "--partitions", str(partitions), *(f"--config={setting}" for setting in settings))
    return name


def produce(topic: str, lines: list[str], *arguments: str) -> None:
    client("produce", topic, *arguments, input="".join(line + "\n" for line in lines).encode())


def values(topic: str, committed: bool = True) -> list[str]:
    return client("consume", topic, *(["--read-committed"] if committed else [])).decode().splitlines()


@dataclasses.dataclass
class Message:
    partition: int
    offset: int
    timestamp: int
    key: bytes
    value: bytes


def messages(topic: str, committed: bool = True):
    output = client("consume", topic, "--positions", *(["--read-committed"] if committed else []))
    for line in output.splitlines():
        partition, offset, timestamp, key, value = line.split(b"\t", 4)
        yield Message(int(partition), int(offset), int(timestamp), key, value)


@dataclasses.dataclass
class Offsets:
    first: int
    stable: int
    end: int


def offsets(topic: str) -> dict[int, Offsets]:
    rows = (map(int, line.split(b"\t")) for line in client("offsets", topic).splitlines())
    return {partition: Offsets(first, stable, end) for partition, first, stable, end in rows}


def committed(group: str, topic: str) -> dict[int, tuple[int, str]]:
    rows = (line.split("\t", 2) for line in client("committed", group, topic).decode().splitlines())
    return {int(partition): (int(offset), metadata) for partition, offset, metadata in rows}


def open_transactions(*topics: str) -> list[str]:
    """Partitions behind whose last stable offset a transaction is still undecided."""
    return [f"{topic}[{partition}]" for topic in topics for partition, at in offsets(topic).items() if at.stable != at.end]
