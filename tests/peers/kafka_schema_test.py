#!/usr/bin/env python3
"""Compares src/kafka/messages.table and the error codes with Apache Kafka's released client jar.

    tests/peers/kafka_schema_test.py            compares; the status says whether all agree
    tests/peers/kafka_schema_test.py --record   also rewrites tests/data/kafka/messages.txt

Field by field, for each message and version that weir serves, and byte by byte: the samples in
tests/data/kafka/messages.txt must be what Kafka's own classes write (the unit tests read them,
decode them, encode them and compare). Needs java and mvn.
"""
import json
import os
import re
import subprocess
import sys
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import kafka_codec  # noqa: E402
import maven_jars  # noqa: E402

TABLE = os.path.join(ROOT, "src", "kafka", "messages.table")
ERRORS = os.path.join(ROOT, "src", "kafka", "api_error.cc")
SAMPLES = os.path.join(ROOT, "tests", "data", "kafka", "messages.txt")
PROGRAM = os.path.join(ROOT, "tests", "peers", "KafkaMessages.java")


def load_schemas(jar):
    schemas = {}
    with zipfile.ZipFile(jar) as archive:
        for name in archive.namelist():
            if name.startswith("common/message/") and name.endswith(".json"):
                text = archive.read(name).decode()
                schema = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.M))
                schemas[schema["name"]] = schema
    return schemas


def contains(text, version):
    if text in (None, "none"):
        return False
    if text.endswith("+"):
        return version >= int(text[:-1])
    low, _, high = text.partition("-")
    return int(low) <= version <= int(high or low)


def same_default(kind, text):
    """Spellings of one default: none given, 0, false, an empty string, hexadecimal."""
    if text in (None, "", "false", "0", 0, False):
        return ""
    if kind.startswith("int"):
        return str(int(str(text), 0))
    return str(text).lower()


def kafka_fields(fields, structs, version):
    """What a message looks like in one version: (name, type, nullable, tag, default, fields)."""
    result = []
    for f in fields:
        if not contains(f["versions"], version):
            continue
        kind = f["type"]
        base = kind.removeprefix("[]")
        inner = f.get("fields") or structs.get(base)
        nested = kafka_fields(inner, structs, version) if inner else None
        shape = kind if nested is None else kind.replace(base, "struct")
        tag = f["tag"] if contains(f.get("taggedVersions"), version) else None
        result.append((f["name"].lower(), shape, contains(f.get("nullableVersions"), version), tag,
                       same_default(base, f.get("default")), nested))
    return result


def our_fields(fields, version):
    result = []
    for f in fields:
        if not f.versions[0] <= version <= f.versions[1]:
            continue
        nested = our_fields(f.fields, version) if f.is_struct else None
        kind = "struct" if f.is_struct else "int16" if f.type == "error" else f.type
        nullable = f.nullable is not None and f.nullable[0] <= version <= f.nullable[1]
        result.append((f.name.replace("_", ""), ("[]" if f.is_array else "") + kind, nullable,
                       f.tag, same_default(kind, f.default), nested))
    return result


def differences(where, kafka, ours):
    if [f[0] for f in kafka] != [f[0] for f in ours]:
        yield f"{where}: Kafka has {[f[0] for f in kafka]}, the table {[f[0] for f in ours]}"
        return
    for theirs, mine in zip(kafka, ours):
        if theirs[:5] != mine[:5]:
            yield f"{where}: Kafka has {theirs[:5]}, the table {mine[:5]}"
        if theirs[5] is not None and mine[5] is not None:
            yield from differences(f"{where}.{theirs[0]}", theirs[5], mine[5])


def compare_tables(apis, schemas):
    compared = 0
    for api in apis:
        for kind, fields in (("Request", api.request), ("Response", api.response)):
            schema = schemas[api.name + kind]
            structs = {s["name"]: s["fields"] for s in schema.get("commonStructs", [])}
            if schema["apiKey"] != api.key:
                yield f"{api.name}: Kafka's key is {schema['apiKey']}"
            for version in range(api.versions[0], api.versions[1] + 1):
                where = f"{api.name}{kind} version {version}"
                if not contains(schema["validVersions"], version):
                    yield f"{where}: Kafka has {schema['validVersions']}"
                if contains(schema["flexibleVersions"], version) != (version >= api.flexible):
                    yield f"{where}: Kafka's flexible versions are {schema['flexibleVersions']}"
                yield from differences(where, kafka_fields(schema["fields"], structs, version),
                                       our_fields(fields, version))
                compared += 1
    print(f"compared {compared} versions of {2 * len(apis)} messages")


def java(jars, arguments, stdin=""):
    return subprocess.run(["java", "-cp", ":".join(jars), PROGRAM, *arguments], check=True,
                          input=stdin, capture_output=True, text=True).stdout


def compare_errors(jars):
    kafka = set(java(jars, ["errors"]).split("\n")) - {""}
    codes = {}
    with open(os.path.splitext(ERRORS)[0] + ".h", encoding="utf-8") as header:
        for name, code in re.findall(r"^  (k\w+) = (-?\d+),", header.read(), re.M):
            codes[name] = code
    with open(ERRORS, encoding="utf-8") as source:
        rows = re.findall(r'\{ApiError::(k\w+),\s*"(\w+)",\s*k(Retriable|Final)\}',
                          source.read())
    ours = {f"{codes[name]} {text} {'true' if retry == 'Retriable' else 'false'}"
            for name, text, retry in rows}
    for row in sorted(kafka ^ ours):
        yield f"error {row}: only in {'Kafka' if row in kafka else 'the table'}"
    print(f"compared {len(kafka)} error codes")


def main():
    jars = maven_jars.fetch("kafka")
    apis = kafka_codec.parse(TABLE)
    schemas = load_schemas(next(jar for jar in jars if "kafka-clients" in jar))
    problems = list(compare_tables(apis, schemas)) + list(compare_errors(jars))
    wanted = "".join(f"{api.name}{kind.capitalize()} {api.key} {kind} {api.versions[0]} "
                     f"{api.versions[1]}\n" for api in sorted(apis, key=lambda a: a.key)
                     for kind in ("request", "response"))
    samples = java(jars, [], wanted)
    if "--record" in sys.argv:
        with open(SAMPLES, "w", encoding="utf-8") as out:
            out.write(samples)
    with open(SAMPLES, encoding="utf-8") as recorded:
        if recorded.read() != samples:
            problems.append(f"{SAMPLES}: Kafka's classes write other bytes; record them again")
    print(f"compared {samples.count(chr(10))} messages byte by byte")
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
