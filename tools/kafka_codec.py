#!/usr/bin/env python3
"""Makes the C++ codec of Kafka's messages from src/kafka/messages.table (which explains its form).

    kafka_codec.py TABLE HEADER SOURCE

The peers' test reads the same table through parse(), so that what it compares is what is built.
"""
import re
import sys
from dataclasses import dataclass, field as dataclass_field

ALL = 32767  # the open end of "3+"

CPP = {"bool": "bool", "int8": "int8_t", "int16": "int16_t", "int32": "int32_t",
       "int64": "int64_t", "uuid": "Uuid", "string": "std::string", "bytes": "std::string",
       "records": "Records", "error": "ApiError"}
WIRE_SIZE = {"bool": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "uuid": 16, "error": 2}
INITIAL = {"bool": "false", "int8": "0", "int16": "0", "int32": "0", "int64": "0",
           "error": "ApiError::kNone"}


@dataclass
class Field:
    name: str
    type: str  # without []
    is_array: bool
    versions: tuple  # (first, last), inside the enclosing struct's
    nullable: tuple | None = None
    tag: int | None = None
    default: str | None = None
    fields: list = dataclass_field(default_factory=list)
    line: int = 0

    @property
    def is_struct(self):
        return self.type[0].isupper()


@dataclass
class Api:
    key: int
    name: str
    versions: tuple
    flexible: int
    advertised: int
    request: list = dataclass_field(default_factory=list)
    response: list = dataclass_field(default_factory=list)


def parse_versions(text, within):
    match = re.fullmatch(r"(\d*)(\+|-(\d+))?", text)
    if not match or not text:
        raise ValueError(f"not a range of versions: {text}")
    first = int(match[1]) if match[1] else within[0]
    last = within[1] if match[2] == "+" else int(match[3]) if match[3] else first
    versions = (max(first, within[0]), min(last, within[1]))
    if versions[0] > versions[1]:
        raise ValueError(f"versions {text} lie outside {within}")
    return versions


def parse_field(words, within, line):
    name, kind = words[0], words[1]
    is_array = kind.startswith("[]")
    kind = kind.removeprefix("[]")
    if kind not in CPP and not kind[0].isupper():
        raise ValueError(f"unknown type {kind}")
    result = Field(name, kind, is_array, within, line=line)
    at = 2

    def range_here(default):
        nonlocal at
        if at < len(words) and re.fullmatch(r"\d*(\+|-\d+|\d)", words[at]):
            at += 1
            return parse_versions(words[at - 1], default)
        return default

    result.versions = range_here(within)
    while at < len(words):
        word = words[at]
        at += 1
        if word == "nullable":
            result.nullable = range_here(result.versions)
        elif word == "tag":
            result.tag = int(words[at])
            at += 1
        elif word == "=":
            result.default = words[at]
            at += 1
        else:
            raise ValueError(f"unexpected {word}")
    return result


def parse(path):
    """The list of Api in the table's order. A mistake raises SystemExit with file and line."""
    apis = []
    stack = []  # (indent, list to append fields to, versions)
    for number, text in enumerate(open(path, encoding="utf-8"), 1):
        words = text.split("#")[0].split()
        if not words:
            continue
        indent = len(text) - len(text.lstrip(" "))
        try:
            if words[0] == "api":
                low, high = words[3].split("-")
                api = Api(int(words[1]), words[2], (int(low), int(high)), int(words[5]), int(low))
                if len(words) > 6:
                    api.advertised = int(words[7])
                apis.append(api)
            elif indent == 2:
                fields = apis[-1].request if words[0] == "request" else apis[-1].response
                stack = [(2, fields, apis[-1].versions)]
            else:
                while stack[-1][0] >= indent:
                    stack.pop()
                parsed = parse_field(words, stack[-1][2], number)
                stack[-1][1].append(parsed)
                if parsed.is_struct:
                    stack.append((indent, parsed.fields, parsed.versions))
        except (ValueError, IndexError) as error:
            raise SystemExit(f"{path}:{number}: {error}") from error
    return apis


# ---- C++ -----------------------------------------------------------------------------------------

def cpp_type(f):
    kind = f.type if f.is_struct else CPP[f.type]
    if f.is_array:
        kind = f"std::vector<{kind}>"
    return f"std::optional<{kind}>" if f.nullable else kind


def initial_value(f):
    if f.nullable:
        if f.default == "null":
            return ""
        kind = f.type if f.is_struct else CPP[f.type]
        return f" = std::vector<{kind}>()" if f.is_array else f" = {kind}()"
    if f.is_array or f.is_struct or f.type not in INITIAL:
        return ""
    value = f.default if f.default is not None else INITIAL[f.type]
    if value == "-2147483648":
        value = "INT32_MIN"
    return f" = {value}"


def wire_size(f, flexible_from):
    """The fewest bytes that a field takes in any version that is served."""
    if f.tag is not None:
        return 0
    if f.is_struct and not f.is_array:
        return sum(wire_size(sub, flexible_from) for sub in f.fields)
    if f.is_array or f.type in ("string", "bytes", "records"):
        may_be_compact = f.versions[1] >= flexible_from
        return 1 if may_be_compact else 2 if f.type == "string" and not f.is_array else 4
    return WIRE_SIZE[f.type]


def min_wire_size(fields, within, flexible_from):
    always = [f for f in fields if f.versions == within]
    return max(1, sum(wire_size(f, flexible_from) for f in always))


def condition(versions, within):
    tests = []
    if versions[0] > within[0]:
        tests.append(f"version >= {versions[0]}")
    if versions[1] < within[1]:
        tests.append(f"version <= {versions[1]}")
    return " && ".join(tests)


def struct_body(fields, versions, flexible_from, indent):
    pad = "  " * indent
    lines = []
    for f in fields:
        if f.is_struct:
            lines.append(f"{pad}struct {f.type} {{")
            lines += struct_body(f.fields, f.versions, flexible_from, indent + 1)
            lines.append(f"{pad}}};")
    for f in fields:
        lines.append(f"{pad}{cpp_type(f)} {f.name}{initial_value(f)};")
    lines.append("")
    lines.append(f"{pad}static constexpr size_t kMinWireSize = "
                 f"{min_wire_size(fields, versions, flexible_from)};")
    lines.append(f"{pad}void write(WireWriter& out) const;")
    lines.append(f"{pad}void read(WireReader& in);")
    return lines


def call(f, verb, within):
    """out.put(name) or out.put_nullable(name, nullable in this version)"""
    suffix = "_array" if f.is_array else {"bytes": "_bytes"}.get(f.type, "")
    stream = "out" if verb == "put" else "in"
    if f.is_struct and not f.is_array:
        return f"{f.name}.{'write' if verb == 'put' else 'read'}({stream});"
    if not f.nullable:
        return f"{stream}.{verb}{suffix}({f.name});"
    test = condition(f.nullable, within) or "true"
    return f"{stream}.{verb}{suffix}_nullable({f.name}, {test});"


def is_default(f):
    if f.nullable:
        if f.default == "null":
            return f"!{f.name}.has_value()"
        return f"({f.name} && {f.name}->empty())"
    if f.is_array or f.type in ("string", "bytes"):
        return f"{f.name}.empty()"
    if f.is_struct:
        return f"{f.name} == {f.type}{{}}"
    if f.type == "bool":
        return f"{f.name}" if f.default == "true" else f"!{f.name}"
    return f"{f.name} == {initial_value(f).removeprefix(' = ') or f'{CPP[f.type]}{{}}'}"


def uses_version(fields, versions):
    return any(condition(f.versions, versions) or (f.nullable and condition(f.nullable, f.versions))
               for f in fields)


def functions(scope, fields, versions, flexible_from):
    lines = []
    for f in fields:
        if f.is_struct:
            lines += functions(f"{scope}::{f.type}", f.fields, f.versions, flexible_from)
    plain = [f for f in fields if f.tag is None]
    tagged = sorted((f for f in fields if f.tag is not None), key=lambda f: f.tag)
    for verb, head in (("put", f"void {scope}::write(WireWriter& out) const {{"),
                       ("get", f"void {scope}::read(WireReader& in) {{")):
        stream = "out" if verb == "put" else "in"
        lines.append(head)
        if uses_version(fields, versions):
            lines.append(f"  const int version = {stream}.version();")
        for f in plain:
            test = condition(f.versions, versions)
            lines.append(f"  if ({test}) {call(f, verb, f.versions)}" if test
                         else f"  {call(f, verb, f.versions)}")
        if versions[1] >= flexible_from:
            lines += tags_out(tagged, versions) if verb == "put" else tags_in(tagged, versions)
        lines += ["}", ""]
    return lines


def tags_out(tagged, versions):
    if not tagged:
        return ["  out.no_tags();"]
    lines = ["  if (out.flexible()) {"]
    for f in tagged:
        test = condition(f.versions, versions)
        test = f"{test} && " if test else ""
        lines.append(f"    const bool has_{f.name} = {test}!({is_default(f)});")
    lines.append("    out.tag_count(" + " + ".join(f"int{{has_{f.name}}}" for f in tagged) + ");")
    for f in tagged:
        inner = call(f, "put", f.versions).replace("(out)", "(inner)").replace("out.", "inner.")
        lines.append(f"    if (has_{f.name}) {{")
        lines.append(f"      out.tagged({f.tag}, [&](WireWriter& inner) {{ {inner} }});")
        lines.append("    }")
    return lines + ["  }"]


def tags_in(tagged, versions):
    if not tagged:
        return ["  in.skip_tags();"]
    lines = ["  in.tags([&](uint64_t tag) {", "    switch (tag) {"]
    for f in tagged:
        test = condition(f.versions, versions)
        lines.append(f"      case {f.tag}:")
        if test:
            lines.append(f"        if (!({test})) return false;")
        lines += [f"        {call(f, 'get', f.versions)}", "        return true;"]
    return lines + ["      default: return false;", "    }", "  });"]


def message(api, kind, fields):
    name = f"{api.name}{kind}"
    header = [f"struct {name} {{"]
    header += struct_body(fields, api.versions, api.flexible, 1)
    header += [
        f"  bool operator==(const {name}&) const = default;", "",
        f"  static constexpr ApiKey kApi = ApiKey::k{api.name};",
        f"  static constexpr int16_t kMinVersion = {api.versions[0]};",
        f"  static constexpr int16_t kMaxVersion = {api.versions[1]};",
        f"  static constexpr int16_t kFlexibleFrom = {api.flexible};",
        f'  static constexpr std::string_view kName = "{name}";',
    ]
    if kind == "Request":
        header.append(f"  using Response = {api.name}Response;")
    header += [
        "  // `version` must lie in [kMinVersion, kMaxVersion]. With `slots`, records are left out",
        "  // of `out` and named there instead.",
        "  void encode(ByteWriter& out, int16_t version, RecordSlots* slots = nullptr) const;",
        "  // kUnsupported for a version outside the range, kCorrupt for malformed bytes.",
        "  Status decode(ByteReader& in, int16_t version);",
        "};", ""]
    source = functions(name, fields, api.versions, api.flexible)
    source += [
        f"void {name}::encode(ByteWriter& out, int16_t version, RecordSlots* slots) const {{",
        "  encode_message(*this, out, version, slots);", "}", "",
        f"Status {name}::decode(ByteReader& in, int16_t version) {{",
        "  return decode_message(*this, in, version);", "}", ""]
    return header, source


def add_equality(lines):
    """Nested structs compare member by member too; the operator goes before their constants."""
    result = []
    names = []
    for line in lines:
        match = re.match(r"( +)struct (\w+) \{", line)
        if match:
            names.append((len(match[1]), match[2]))
        match = re.match(r"( +)\};", line)
        if match and names and len(match[1]) == names[-1][0]:
            pad, name = names.pop()
            result.append(" " * (pad + 2) + f"bool operator==(const {name}&) const = default;")
        result.append(line)
    return result


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def generate(apis):
    apis = sorted(apis, key=lambda api: api.key)
    header = [
        "// Kafka's requests and responses: made from src/kafka/messages.table by",
        "// tools/kafka_codec.py. Plain values that own what they hold, except Records, which",
        "// views the bytes that were decoded. See kafka/wire.h for the encoding's rules.",
        "#pragma once", "",
        "#include <optional>", "#include <string>", "#include <string_view>",
        "#include <type_traits>", "#include <vector>",
        "", '#include "kafka/wire.h"', "", "namespace weir::kafka {", "",
        "enum class ApiKey : int16_t {"]
    header += [f"  k{api.name} = {api.key}," for api in apis]
    header += ["};", "", "inline constexpr ApiInfo kApis[] = {"]
    header += [f'    {{{api.key}, "{api.name}", {api.versions[0]}, {api.versions[1]}, '
               f"{api.flexible}, {api.advertised}}}," for api in apis]
    header += ["};", ""]
    source = ["// Made from src/kafka/messages.table by tools/kafka_codec.py.",
              '#include "kafka/messages.h"', "", '#include "kafka/message_codec.h"', "",
              "namespace weir::kafka {", ""]
    for api in apis:
        header.append(f"struct {api.name}Response;")
    header.append("")
    for api in apis:
        for kind, fields in (("Request", api.request), ("Response", api.response)):
            lines, code = message(api, kind, fields)
            header += add_equality(lines)
            source += code
    # One place that names every message: fuzzers and tests walk over them.
    header += ["// Calls `visit(std::type_identity<Message>{})` for every request and response.",
               "template <typename Visitor>", "void for_each_message(Visitor&& visit) {"]
    for api in apis:
        header.append(f"  visit(std::type_identity<{api.name}Request>{{}});")
        header.append(f"  visit(std::type_identity<{api.name}Response>{{}});")
    header += ["}", "", "}  // namespace weir::kafka", ""]
    source += ["}  // namespace weir::kafka", ""]
    return "\n".join(header), "\n".join(source)


def write_if_changed(path, text):
    try:
        if open(path, encoding="utf-8").read() == text:
            return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def main():
    table, header_path, source_path = sys.argv[1:]
    header, source = generate(parse(table))
    write_if_changed(header_path, header)
    write_if_changed(source_path, source)


if __name__ == "__main__":
    main()
