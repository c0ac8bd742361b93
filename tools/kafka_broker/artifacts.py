"""The jars of a broker: `org.apache.kafka:kafka_2.13` with what it needs at run time, by Maven.

Maven compares each download with its published checksum (-C: or fails), and honours the mirrors and proxies of the machine.
A version is copied once to ~/.cache/weir/kafka-<version>; the folder appears only when it is complete.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from .failure import Failure

DEFAULT_VERSION = "4.1.1"
COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"

# slf4j-simple: what the broker logs goes to its standard error.
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>weir</groupId> <artifactId>kafka-broker</artifactId> <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{version}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
"""


def cache_folder() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "weir"


def fetch(version: str) -> pathlib.Path:
    """The folder of the version's jars; downloads them if they are not there."""
    jars = cache_folder() / f"kafka-{version}"
    if jars.is_dir():
        return jars
    if shutil.which("mvn") is None:
        raise Failure("mvn is missing: run `tools/dev setup`")
    jars.parent.mkdir(parents=True, exist_ok=True)
    print(f"kafka: downloading Apache Kafka {version} by Maven", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix=f"kafka-{version}-", dir=jars.parent) as folder:
        pom = pathlib.Path(folder) / "pom.xml"
        pom.write_text(POM.format(version=version))
        done = subprocess.run(
            ["mvn", "-B", "-C", "-f", str(pom), COPY_GOAL, f"-DoutputDirectory={folder}/jars", "-DincludeScope=runtime"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Failure("Maven did not bring the jars:\n" + "\n".join(done.stdout.splitlines()[-20:]))
        if not list((pathlib.Path(folder) / "jars").glob("kafka_2.13-*.jar")):
            raise Failure(f"Maven brought no kafka_2.13 {version}")
        try:
            os.rename(f"{folder}/jars", jars)
        except OSError:  # another process was faster
            if not jars.is_dir():
                raise
    return jars
