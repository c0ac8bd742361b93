"""server.properties of a test broker: KRaft, combined mode, small, quick to react.

Whoever comes without a name may do everything; PRINCIPALS come by the listeners that ask for a password, over TLS or not, and may
do what they are given the right to.
"""

import dataclasses


@dataclasses.dataclass
class Ports:
    broker: int
    controller: int
    # Of a second listener, for clients that come through a proxy of the test: where the proxy connects to, and where the broker
    # says that it listens.
    behind: int
    proxy: int
    # Of those who say who they are.
    sasl: int
    sasl_ssl: int


PRINCIPALS = ("ann", "ben", "cat", "dan", "eve")


def password(name: str) -> str:
    return f"{name}-secret-4711"


PLAIN = ('org.apache.kafka.common.security.plain.PlainLoginModule required '
         + " ".join(f'user_{name}="{password(name)}"' for name in PRINCIPALS) + ";")


def server_properties(node: int, ports: dict[int, Ports], data: str, certificate: str, extra: list[str]) -> str:
    """`ports`: of each node. `certificate`: a file with it and its key, in PEM. `extra`: KEY=VALUE, stronger than what stands here."""
    own = ports[node]
    replicas = len(ports)
    settings = {
        "process.roles": "broker,controller",
        "node.id": node,
        "controller.quorum.voters": ",".join(f"{n}@127.0.0.1:{its.controller}" for n, its in sorted(ports.items())),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{own.broker},PROXIED://127.0.0.1:{own.behind},"
                     f"SASL://127.0.0.1:{own.sasl},SASL_SSL://127.0.0.1:{own.sasl_ssl},CONTROLLER://127.0.0.1:{own.controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{own.broker},PROXIED://127.0.0.1:{own.proxy},"
                                f"SASL://127.0.0.1:{own.sasl},SASL_SSL://127.0.0.1:{own.sasl_ssl}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,"
                                          "SASL_SSL:SASL_SSL",
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl.plain.sasl.jaas.config": PLAIN,
        "listener.name.sasl_ssl.plain.sasl.jaas.config": PLAIN,
        "listener.name.sasl_ssl.ssl.keystore.type": "PEM",
        "listener.name.sasl_ssl.ssl.keystore.location": certificate,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "inter.broker.listener.name": "PLAINTEXT",
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
