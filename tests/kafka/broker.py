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


def save_messages(path: pathlib.Path, topic: str) -> None:
    """What a read_committed consumer sees, a line each: partition, offset, timestamp, key, value."""
    with open(path, "wb") as file:
        subprocess.run([BIN / "kafka_client", "consume", topic, "--positions", "--read-committed"], stdout=file, check=True)


def save_offsets(path: pathlib.Path, topic: str) -> None:
    """Of all messages, aborted ones too."""
    with open(path, "wb") as file:
        subprocess.run([BIN / "kafka_client", "consume", topic, "--offsets"], stdout=file, check=True)


def scratch() -> pathlib.Path:
    folder = ROOT / "build" / "test"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclasses.dataclass
class Offsets:
    first: int
    stable: int
    end: int


def offsets(topic: str) -> dict[int, Offsets]:
    return parse_offsets(client("offsets", topic).decode().splitlines())


def committed(group: str, topic: str) -> dict[int, tuple[int, str]]:
    return parse_committed(client("committed", group, topic).decode().splitlines())


def open_transactions(*topics: str) -> list[str]:
    """Partitions behind whose last stable offset a transaction is still undecided."""
    return [f"{topic}[{partition}]" for topic in topics for partition, at in offsets(topic).items() if at.stable != at.end]


class Watch:
    """Asks over connections that stay open: a question takes a millisecond or two, not a process."""

    def __init__(self):
        self.process = subprocess.Popen([BIN / "kafka_client", "ask"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def positions(self, group: str, topic: str) -> tuple[int, ...]:
        return tuple(offset for offset, _ in parse_committed(self.ask(f"committed {topic} {group}")).values())

    def open(self, topic: str) -> bool:
        return any(at.stable != at.end for at in parse_offsets(self.ask(f"offsets {topic}")).values())

    def ask(self, question: str) -> list[str]:
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        answer = []
        while (line := self.process.stdout.readline()) != "\n":
            if not line:
                raise RuntimeError(f"kafka_client ask: no answer to `{question}`")
            answer.append(line.rstrip("\n"))
        return answer


def parse_offsets(lines: list[str]) -> dict[int, Offsets]:
    rows = (map(int, line.split("\t")) for line in lines)
    return {partition: Offsets(first, stable, end) for partition, first, stable, end in rows}


def parse_committed(lines: list[str]) -> dict[int, tuple[int, str]]:
    rows = (line.split("\t", 2) for line in lines)
    return {int(partition): (int(offset), metadata) for partition, offset, metadata in rows}
