"""Fetches the jars that tools/dependencies.txt pins for groups, once, and checks their sums.

    maven_jars.fetch("kafka", "kafka-broker") -> paths

They go to the folder that `tools/setup --where` prints. A wrong checksum is fatal.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

TOOLS = os.path.dirname(os.path.abspath(__file__))


def pinned(group):
    with open(os.path.join(TOOLS, "dependencies.txt"), encoding="utf-8") as rows:
        for row in rows:
            words = row.split("#")[0].split()
            if len(words) == 5 and words[0] == group and words[1] == "maven":
                yield words[2], words[3], words[4]


def digest_of(path):
    with open(path, "rb") as jar:
        return hashlib.file_digest(jar, "sha256").hexdigest()


POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>weir</groupId><artifactId>jars</artifactId><version>1</version>
<dependencies>{dependencies}</dependencies></project>
"""
DEPENDENCY = """<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>
<version>{version}</version><exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId>
</exclusion></exclusions></dependency>
"""


def download(rows, folder):
    """All in one go: exactly what is listed, nothing that it depends on."""
    print(f"fetching {len(rows)} jars", flush=True)
    text = "".join(DEPENDENCY.format(group=name.split(":")[0], artifact=name.split(":")[1],
                                     version=version) for name, version in rows)
    with tempfile.TemporaryDirectory() as project:
        with open(os.path.join(project, "pom.xml"), "w", encoding="utf-8") as pom:
            pom.write(POM.format(dependencies=text))
        subprocess.run(["mvn", "-q", "-B",
                        "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
                        f"-DoutputDirectory={folder}"], check=True, cwd=project,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def fetch(*groups):
    deps = subprocess.run([os.path.join(TOOLS, "setup"), "--where"], check=True,
                          capture_output=True, text=True).stdout.strip()
    folder = os.path.join(deps, "jars")
    os.makedirs(folder, exist_ok=True)
    wanted = {os.path.join(folder, f"{name.split(':')[1]}-{version}.jar"): (name, version, digest)
              for group in groups for name, version, digest in pinned(group)}
    missing = [row[:2] for path, row in wanted.items() if not os.path.exists(path)]
    if missing:
        download(missing, folder)
    for path, (_, _, sum_256) in wanted.items():
        if digest_of(path) != sum_256:
            sys.exit(f"{path} has the sum {digest_of(path)}, pinned is {sum_256}")
    return list(wanted)
