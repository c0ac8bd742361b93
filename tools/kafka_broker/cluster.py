"""Starts, watches, kills and removes the brokers of one folder. What is running stands in <folder>/cluster.json."""
import base64
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time
import uuid

from .failure import Failure
from .metadata import live_brokers
from .settings import Ports, server_properties

START_SECONDS = 120  # on a machine that is busy with other things
HEAP = ["-Xms256m", "-Xmx512m"]
JVM = ["-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-Djava.awt.headless=true",
       "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true",
       "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS"]


def up(folder: pathlib.Path, jars: pathlib.Path, version: str, brokers: int, settings: list[str]) -> str:
    if state_file(folder).exists():
        state = load(folder)
        if all(is_running(broker) for broker in state["brokers"]):
            if (state["version"], len(state["brokers"])) != (version, brokers):
                raise Failure(f"another cluster is up in {folder} ({len(state['brokers'])} × {state['version']}): "
                              "`tools/kafka down` first, or choose another --dir")
            return addresses(state)
        down(folder)
    if folder.exists() and any(folder.iterdir()):
        raise Failure(f"{folder} is not empty and no cluster of ours")
    folder.mkdir(parents=True, exist_ok=True)
    nodes = range(1, brokers + 1)
    free = iter(free_ports(6 * brokers))
    ports = {node: Ports(*(next(free) for _ in range(6))) for node in nodes}
    certificate = make_certificate(folder)
    state = {"version": version, "jars": str(jars), "brokers": []}
    for node in nodes:
        (folder / f"server-{node}.properties").write_text(
            server_properties(node, ports, str(folder / f"data-{node}"), str(certificate), settings))
        state["brokers"].append({"node": node, "port": ports[node].broker, "behind": ports[node].behind,
                                 "proxy": ports[node].proxy, "sasl": ports[node].sasl, "sasl_ssl": ports[node].sasl_ssl, "pid": 0, "started": 0})
    save(folder, state)
    try:
        format_storage(folder, state)
        start(folder, None)
    except BaseException:
        down(folder)
        raise
    return addresses(state)


def make_certificate(folder: pathlib.Path) -> pathlib.Path:
    """Signed by itself, so that it is its own authority; <folder>/ca.pem is for clients."""
    if shutil.which("openssl") is None:
        raise Failure("openssl is missing: run `tools/dev setup`")
    key, certificate, both = folder / "key.pem", folder / "ca.pem", folder / "keystore.pem"
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                           "-subj", "/CN=broker of tests", "-addext", "subjectAltName=IP:127.0.0.1",
                           "-keyout", str(key), "-out", str(certificate)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if made.returncode != 0:
        raise Failure(f"the brokers' certificate could not be made:\n{made.stderr}")
    both.write_text(key.read_text() + certificate.read_text())
    return both


def format_storage(folder: pathlib.Path, state: dict) -> None:
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    running = []
    for broker in state["brokers"]:
        log = open(folder / f"format-{broker['node']}.log", "wb")
        command = java(state, ["-XX:TieredStopAtLevel=1", "-Xmx256m"]) + [
            "kafka.tools.StorageTool", "format", "--cluster-id", cluster_id,
            "--config", str(folder / f"server-{broker['node']}.properties")]
        running.append((broker, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)))
    failed = [broker["node"] for broker, process in running if process.wait() != 0]
    if failed:
        raise Failure("formatting failed:\n" + tail(folder / f"format-{failed[0]}.log"))


def start(folder: pathlib.Path, node: int | None) -> None:
    """Starts what is not running, and returns when every running broker is seen by all others."""
    state = load(folder)
    for broker in chosen(state, node):
        if is_running(broker):
            continue
        log = open(log_file(folder, broker), "ab")
        command = java(state, HEAP) + ["kafka.Kafka", str(folder / f"server-{broker['node']}.properties")]
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)
        broker["pid"], broker["started"] = process.pid, start_time(process.pid)
    save(folder, state)
    running = [broker for broker in state["brokers"] if is_running(broker)]
    ids = {broker["node"] for broker in running}
    end = time.monotonic() + START_SECONDS
    waiting = list(running)
    while waiting:
        waiting = [broker for broker in waiting if not ids <= live_brokers(f"127.0.0.1:{broker['port']}")]
        for broker in waiting:
            if not is_running(broker):
                raise Failure(f"broker {broker['node']} has ended:\n{tail(log_file(folder, broker))}")
        if waiting and time.monotonic() > end:
            raise Failure(f"broker {waiting[0]['node']} is not ready after {START_SECONDS} s:\n"
                          f"{tail(log_file(folder, waiting[0]))}")
        if waiting:
            time.sleep(0.1)


def kill(folder: pathlib.Path, node: int | None) -> None:
    for broker in chosen(load(folder), node):
        kill_process(broker)


def down(folder: pathlib.Path) -> None:
    if not state_file(folder).exists():
        return
    kill(folder, None)
    shutil.rmtree(folder)


def status(folder: pathlib.Path) -> int:
    if not state_file(folder).exists():
        print("no cluster")
        return 1
    state, good = load(folder), True
    for broker in state["brokers"]:
        address = f"127.0.0.1:{broker['port']}"
        ready = is_running(broker) and broker["node"] in live_brokers(address)
        good = good and ready
        print(f"broker {broker['node']}  {address}  {'up' if ready else 'starting' if is_running(broker) else 'down'}"
              f"  pid {broker['pid']}  Apache Kafka {state['version']}")
    return 0 if good else 1


def bootstrap_servers(folder: pathlib.Path) -> str:
    return addresses(load(folder))


# --- state ------------------------------------------------------------------------------------------------------------

def state_file(folder: pathlib.Path) -> pathlib.Path:
    return folder / "cluster.json"


def log_file(folder: pathlib.Path, broker: dict) -> pathlib.Path:
    return folder / f"server-{broker['node']}.log"


def load(folder: pathlib.Path) -> dict:
    try:
        return json.loads(state_file(folder).read_text())
    except FileNotFoundError:
        raise Failure(f"no cluster in {folder}: `tools/kafka up` starts one") from None


def save(folder: pathlib.Path, state: dict) -> None:
    written = state_file(folder).with_suffix(".new")
    written.write_text(json.dumps(state, indent=1) + "\n")
    os.replace(written, state_file(folder))


def addresses(state: dict) -> str:
    return ",".join(f"127.0.0.1:{broker['port']}" for broker in state["brokers"])


def secured(folder: pathlib.Path, listener: str) -> str:
    """The addresses of the listener `sasl` or `sasl_ssl`."""
    return ",".join(f"127.0.0.1:{broker[listener]}" for broker in load(folder)["brokers"])


def proxied(folder: pathlib.Path) -> str:
    """Where clients of a proxy connect to, and where it connects to, for each broker."""
    return ",".join(f"127.0.0.1:{broker['proxy']}=127.0.0.1:{broker['behind']}" for broker in load(folder)["brokers"])


def chosen(state: dict, node: int | None) -> list[dict]:
    brokers = [broker for broker in state["brokers"] if node in (None, broker["node"])]
    if not brokers:
        raise Failure(f"there is no broker {node}")
    return brokers


# --- processes --------------------------------------------------------------------------------------------------------

def java(state: dict, memory: list[str]) -> list[str]:
    program = shutil.which("java")
    if program is None:
        raise Failure("java is missing: run `tools/dev setup`")
    return [program, *memory, *JVM, "-cp", f"{state['jars']}/*"]


def start_time(pid: int) -> int:
    """When the process began, in ticks since boot: with it a pid that was given again is told apart. 0: not running."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[19])


def is_running(broker: dict) -> bool:
    return broker["pid"] != 0 and start_time(broker["pid"]) == broker["started"] != 0


def kill_process(broker: dict) -> None:
    if not is_running(broker):
        return
    os.kill(broker["pid"], signal.SIGKILL)
    while is_running(broker):
        time.sleep(0.01)


def free_ports(count: int) -> list[int]:
    """Below the ports that outgoing connections are given, so that a broker that restarts finds its own free."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def tail(path: pathlib.Path, lines: int = 20) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
