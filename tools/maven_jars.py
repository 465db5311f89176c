"""Fetches the jars that tools/dependencies.txt pins for a group, once, and checks their sums.

    maven_jars.fetch("kafka") -> paths

They go to the folder that `tools/setup --where` prints. A wrong checksum is fatal.
"""
import hashlib
import os
import subprocess
import sys

TOOLS = os.path.dirname(os.path.abspath(__file__))


def pinned(group):
    with open(os.path.join(TOOLS, "dependencies.txt"), encoding="utf-8") as rows:
        for row in rows:
            words = row.split("#")[0].split()
            if len(words) == 5 and words[0] == group and words[1] == "maven":
                yield words[2], words[3], words[4]


def digest(path):
    with open(path, "rb") as jar:
        return hashlib.file_digest(jar, "sha256").hexdigest()


def fetch(group):
    deps = subprocess.run([os.path.join(TOOLS, "setup"), "--where"], check=True,
                          capture_output=True, text=True).stdout.strip()
    folder = os.path.join(deps, "jars")
    os.makedirs(folder, exist_ok=True)
    jars = []
    for name, version, sum_256 in pinned(group):
        path = os.path.join(folder, f"{name.split(':')[1]}-{version}.jar")
        if not os.path.exists(path):
            print(f"fetching {name} {version}", flush=True)
            subprocess.run(["mvn", "-q", "-B",
                            "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
                            f"-Dartifact={name}:{version}", f"-DoutputDirectory={folder}"],
                           check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if digest(path) != sum_256:
            sys.exit(f"{path} has the sum {digest(path)}, pinned is {sum_256}")
        jars.append(path)
    return jars
