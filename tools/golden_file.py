"""Reads and writes golden files (tests/sql/**/*.slt); docs/formats/golden.md has the grammar.

A file is a list of records. Shared by tools/golden.py, which replays them on weir, and by
tools/flink_oracle/oracle.py, which records them from Apache Flink.
"""

import os
import re
import shutil
from dataclasses import dataclass, field


class GoldenError(Exception):
    """A malformed golden file; the text names file and line."""


@dataclass
class Record:
    kind: str                # comment, file, statement, query, output
    line: int                # where it starts, from 1
    mode: str = ""           # statement: ok | error; query: "" | ordered | final | error
    argument: str = ""       # file, output: the name; error: the pattern
    skipped: str = ""        # why weir does not answer like Flink here (skipif weir REASON)
    body: list = field(default_factory=list)      # SQL, lines of the file, or comment lines
    expected: list = field(default_factory=list)  # rows of a query, lines of an output
    source: str = ""         # file: where its content comes from, if not from the body

    @property
    def sql(self):
        return "\n".join(self.body)

    @property
    def fails(self):
        return self.mode == "error"


QUERY_MODES = ("", "ordered", "final", "error")


def parse(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    records, at = [], 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        start = at
        while at < len(lines) and lines[at].strip():
            at += 1
        records.append(parse_record(path, start + 1, lines[start:at]))
    return records


def parse_record(path, number, lines):
    if lines[0].startswith("skipif weir "):
        record = parse_record(path, number, lines[1:])
        record.skipped = lines[0][len("skipif weir "):]
        return record
    if lines[0].startswith("#"):
        if any(not line.startswith("#") for line in lines):
            raise GoldenError(f"{path}:{number}: a comment ends with an empty line")
        return Record("comment", number, body=lines)
    words = lines[0].split(None, 2)
    kind, mode, rest = words[0], *(words[1:] + ["", ""])[:2]
    if kind == "file" and rest.startswith("from ") and len(lines) == 1:
        return Record(kind, number, argument=mode, source=os.path.normpath(
            os.path.join(os.path.dirname(path), rest[len("from "):])))
    if kind == "file" and mode and not rest:
        return Record(kind, number, argument=mode, body=[unescape(line) for line in lines[1:]])
    if kind == "output" and mode and not rest:
        if len(lines) < 2 or lines[1] != "----":
            raise GoldenError(f"{path}:{number}: ---- must follow `output {mode}`")
        return Record(kind, number, argument=mode, expected=lines[2:])
    if kind == "statement" and mode in ("ok", "error"):
        if "----" in lines:
            raise GoldenError(f"{path}:{number}: a statement has no rows")
        return Record(kind, number, mode, rest, body=lines[1:])
    if kind == "query" and mode in QUERY_MODES:
        if mode == "error":
            return Record(kind, number, mode, rest, body=lines[1:])
        if "----" not in lines:
            raise GoldenError(f"{path}:{number}: a query ends with ---- and its rows")
        cut = lines.index("----")
        return Record(kind, number, mode, body=lines[1:cut], expected=lines[cut + 1:])
    raise GoldenError(f"{path}:{number}: expected file, statement, query or output: {lines[0]!r}")


def format_record(record, folder):
    skip = [f"skipif weir {record.skipped}"] if record.skipped else []
    return skip + format_plain(record, folder)


def format_plain(record, folder):
    if record.kind == "comment":
        return record.body
    if record.kind == "file" and record.source:
        return [f"file {record.argument} from {os.path.relpath(record.source, folder)}"]
    if record.kind == "file":
        return [f"file {record.argument}"] + [escape(line) for line in record.body]
    if record.kind == "output":
        return [f"output {record.argument}", "----"] + record.expected
    head = " ".join(word for word in (record.kind, record.mode, record.argument) if word)
    if record.kind == "statement" or record.fails:
        return [head] + record.body
    return [head] + record.body + ["----"] + record.expected


def text_of(path, records):
    folder = os.path.dirname(path)
    return "\n\n".join("\n".join(format_record(record, folder)) for record in records) + "\n"


def write(path, records):
    text = text_of(path, records)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


# A line of a `file` record that is empty is written as \e, for an empty line ends the record.
def unescape(line):
    return "" if line == "\\e" else line


def escape(line):
    return line or "\\e"


def escape_row(row):
    """A row on one line: a newline, carriage return or backslash in it is written as in C."""
    return row.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r") or "\\e"


def arrange(mode, rows):
    """What is compared and recorded: the rows of a query in the order of its mode."""
    rows = list(rows)
    if mode == "ordered":
        return rows
    if mode != "final":
        return sorted(rows)
    weights = {}
    for row in rows:
        kind, values = row[:2], row[2:]
        weights[values] = weights.get(values, 0) + (1 if kind in ("+I", "+U") else -1)
    folded = []
    for values in sorted(weights):
        if weights[values] < 0:
            folded.append(f"retracted without being there: {values}")
        folded += [values] * weights[values]
    return folded


def place(text, directory):
    """Replaces ${dir}, the scratch folder of the run, in SQL."""
    return text.replace("${dir}", directory)


def write_input(record, directory):
    if record.source:
        shutil.copyfile(record.source, os.path.join(directory, record.argument))
        return
    with open(os.path.join(directory, record.argument), "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in record.body))


def read_output(record, directory):
    """All lines of the finished files below ${dir}/NAME, sorted."""
    rows = []
    top = os.path.join(directory, record.argument)
    for folder, folders, names in os.walk(top):
        folders[:] = [f for f in folders if not f.startswith((".", "_"))]
        for name in names:
            if not name.startswith((".", "_")):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    rows += [escape_row(row) for row in file.read().split("\n")[:-1]]
    return sorted(rows)


def matches(pattern, text):
    return re.search(pattern, text) is not None
