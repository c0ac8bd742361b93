"""server.properties of a test broker: KRaft, combined mode, small, quick to react."""


def server_properties(node: int, ports: dict[int, tuple[int, int]], data: str, extra: list[str]) -> str:
    """`ports`: of each node, those of the broker and of the controller. `extra`: KEY=VALUE, stronger than what stands here."""
    broker_port, controller_port = ports[node]
    replicas = len(ports)
    settings = {
        "process.roles": "broker,controller",
        "node.id": node,
        "controller.quorum.voters": ",".join(f"{n}@127.0.0.1:{c}" for n, (_, c) in sorted(ports.items())),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{broker_port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{broker_port}",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        # Durable as a test wants it: all replicas where there are three.
        "default.replication.factor": replicas,
        "min.insync.replicas": max(replicas - 1, 1),
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": max(replicas - 1, 1),
        # Internal topics as small as can be: their partitions are created on first use.
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.num.partitions": 4,
        # Nothing waits for its own sake.
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
        # Fits into the heap.
        "log.cleaner.dedupe.buffer.size": 16 << 20,
        "log.cleaner.threads": 1,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "background.threads": 4,
    }
    settings.update(setting.split("=", 1) for setting in extra)
    return "".join(f"{key}={value}\n" for key, value in settings.items())
