#!/usr/bin/env python3
"""Checks the house rules of STYLE.md that a compiler cannot check.

Usage: tools/tidy.py [--root DIR] [--format]

Prints `file:line: [rule] what is wrong; what to do` for each offence; the status is 1 if there
is one. `--format` checks the layout with clang-format-19 instead (status 77: it is not there).
The layers are read from CMakeLists.txt, the exceptions from tools/tidy_allow.txt: one a line,
`RULE PATH REASON`; an exception that nothing needs any more is an offence itself.
"""

import os
import re
import shutil
import subprocess
import sys

MAX_FILE_LINES = 800
MAX_FUNCTION_LINES = 70
MAX_LINE = 100
MAX_BLOB_BYTES = 1 << 20
MAX_TABLE_FUNCTION_LINES = 20
MIN_CONTRACT_CHARS = 60

# (rule, pattern over code without comments and strings, what to use instead, also in tests)
BANNED_CALLS = [
    ("clock", r"\b(?:system|steady|high_resolution)_clock::now\b", "Clock (base/clock.h)", True),
    ("clock", r"(?<![\w.>])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&)", "Clock (base/clock.h)",
     True),
    ("clock", r"\b(?:clock_gettime|gettimeofday|ftime)\s*\(", "Clock (base/clock.h)", True),
    ("sleep", r"\bthis_thread::sleep_(?:for|until)\b",
     "Clock::sleep or a condition with a deadline", True),
    ("sleep", r"(?<![\w.>])(?:::)?(?:usleep|nanosleep)\s*\(|(?<![\w.>:])(?:::)?sleep\s*\(\s*\d",
     "Clock::sleep or a condition with a deadline", True),
    ("random", r"\brandom_device\b|\bstd::mt19937|\b(?:std::|::)s?rand\s*\(",
     "Random (base/random.h)", True),
    ("random", r"(?<![\w.>:])rand\s*\(\s*\)", "Random (base/random.h)", True),
    ("socket", r"(?<![\w>])::(?:socket|accept4?|bind|connect|listen)\s*\(",
     "Acceptor or IoRuntime (net/)", False),
    ("file", r"(?<![\w>])::(?:open|openat|creat|unlink|rename|fsync|fdatasync)\s*\(",
     "Env (base/env.h)", False),
    ("file", r"\bfopen\s*\(|\bstd::[io]?fstream\b", "Env (base/env.h)", False),
    ("thread", r"\bstd::j?thread\b(?!::)|\bpthread_create\s*\(|\bstd::async\b",
     "Thread (base/thread.h)", False),
    ("environment", r"\b(?:secure_)?getenv\s*\(", "a flag or weir.yaml, read in cli/", False),
]
BANNED_HEADERS = {
    "fcntl.h": ("file", "Env (base/env.h)"),
    "fstream": ("file", "Env (base/env.h)"),
    "sys/socket.h": ("socket", "Acceptor or IoRuntime (net/)"),
    "netinet/in.h": ("socket", "Acceptor or IoRuntime (net/)"),
    "random": ("random", "Random (base/random.h)"),
    "pthread.h": ("thread", "Thread (base/thread.h)"),
}
MAY_CALL_SYSTEM = ("src/base/", "src/net/")
MAY_READ_ENVIRONMENT = ("src/base/", "src/net/", "src/cli/")
# Built from pieces, so that this file does not offend itself.
BANNED_WORDS = [
    ("unfinished", re.compile(r"\b(?:TO" + "DO|FIX" + r"ME|X" + r"XX)\b"),
     "finish it, or write the limit into "
     "the header's contract"),
    ("machine", re.compile("/" + r"(?:work|root|home)/\w"), "the project knows no machine's paths"),
]
BANNED_NAMES = re.compile(r"(?:^|[_/.])(?:utils?|helpers?|common|misc|managers?)(?:[_.]|$)", re.I)
SOURCE = (".cc", ".h")
TEXT = SOURCE + (".py", ".md", ".txt", ".cmake", ".sh", ".sql", ".slt", ".yaml", ".yml", ".json",
                 ".java", ".html", ".css", ".js", ".ts")
TEST_SUFFIXES = ("_test.cc", "_bench.cc", "_fuzz.cc", "_test.h")

HIDDEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'", re.S)


def blank(match):
    """What replaces a comment or literal: as many lines, and quotes where a string was."""
    text = match.group()
    return ('""' if text[0] in "\"R'" else " ") + "\n" * text.count("\n")


class Tree:
    """The project's files, read once; offences are collected in `found`."""

    def __init__(self, root):
        self.root = root
        self.paths = self.list_files()
        self.text = {}
        for path in self.paths:
            if path.endswith(TEXT) or self.is_script(path):
                with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
                    self.text[path] = file.read()
        self.code = {path: HIDDEN.sub(blank, text) for path, text in self.text.items()
                     if path.endswith(SOURCE) and path.startswith("src/")}
        self.found = []

    def list_files(self):
        if os.path.exists(os.path.join(self.root, ".git")):
            listed = subprocess.run(
                ["git", "-C", self.root, "ls-files", "-co", "--exclude-standard"],
                capture_output=True, text=True, check=True).stdout.splitlines()
            return sorted(p for p in set(listed) if os.path.isfile(os.path.join(self.root, p)))
        paths = []
        for folder, _, files in os.walk(self.root):
            paths += [os.path.relpath(os.path.join(folder, f), self.root) for f in files]
        return sorted(paths)

    def is_script(self, path):
        if "." in os.path.basename(path).lstrip("."):
            return False
        with open(os.path.join(self.root, path), "rb") as file:
            return file.read(2) == b"#!" or os.path.basename(path) == "Makefile"

    def offend(self, path, line, rule, message):
        self.found.append((path, line, rule, message))

    def offend_each(self, path, text, pattern, rule, message):
        for match in pattern.finditer(text):
            self.offend(path, text.count("\n", 0, match.start()) + 1, rule, message)


def folder_of(path):
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "src" else None


def read_layers(tree):
    """{folder: layer} from the weir_folder(NAME LAYER N ...) lines of CMakeLists.txt."""
    rows = re.findall(r"^weir_folder\((\w+)\s+LAYER\s+(\d+)", tree.text.get("CMakeLists.txt", ""),
                      re.M)
    return {name: int(layer) for name, layer in rows}


def check_includes(tree, layers):
    included = set()
    for path, text in tree.text.items():
        if path.startswith("tools/"):  # what a generator writes
            included |= {"src/" + t for t in re.findall(r'#include \\?"([^"\\]+)', text)}
        if not path.endswith(SOURCE):
            continue
        own = folder_of(path)
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', line)
            if not match:
                continue
            target, system = match.groups()
            if target:
                included.add("src/" + target)
                check_one_include(tree, layers, path, number, own, target)
            elif own and system in BANNED_HEADERS and not path.startswith(MAY_CALL_SYSTEM) \
                    and not path.endswith(TEST_SUFFIXES):
                rule, instead = BANNED_HEADERS[system]
                tree.offend(path, number, rule, f"<{system}> is for base/ and net/; use {instead}")
    return included


def check_one_include(tree, layers, path, number, own, target):
    if own is None:
        return
    other = target.split("/")[0] if "/" in target else None
    if other not in layers:
        if "src/" + target not in tree.text and "generated" not in target:
            tree.offend(path, number, "include", f'"{target}" is not a path from src/')
        return
    if own not in layers:
        tree.offend(path, number, "layer", f"src/{own} has no weir_folder line in CMakeLists.txt")
    elif other != own and layers[other] >= layers[own]:
        where = "a sibling of its layer" if layers[other] == layers[own] else "a higher layer"
        tree.offend(path, number, "layer",
                    f"src/{own} (layer {layers[own]}) includes \"{target}\" of {where} "
                    f"(src/{other}, layer {layers[other]}); hand it down from above instead")


def check_links(tree, layers):
    """A folder links only folders of lower layers."""
    text = tree.text.get("CMakeLists.txt", "")
    for match in re.finditer(r"^weir_folder\((\w+)([^)]*)\)", text, re.M):
        own = match.group(1)
        line = text.count("\n", 0, match.start()) + 1
        if own not in layers:
            tree.offend("CMakeLists.txt", line, "layer", f"weir_folder({own}) names no LAYER")
            continue
        for other in re.findall(r"\bweir_(\w+)", match.group(2)):
            if layers.get(other, 99) >= layers[own]:
                tree.offend("CMakeLists.txt", line, "layer",
                            f"{own} links {other}, which is not in a lower layer")


def check_dead(tree, layers, included):
    mentioned = {}
    for path, text in tree.text.items():
        for name in re.findall(r"[\w./-]+", text):
            mentioned.setdefault(os.path.basename(name), set()).add(path)
    folders_with_tests = {folder_of(p) for p in tree.code if p.endswith("_test.cc")}
    reported = set()
    for path in tree.paths:
        name = os.path.basename(path)
        folder = folder_of(path)
        if path.startswith("src/") and path.endswith(".h") and path not in included:
            tree.offend(path, 1, "dead", "no file includes this header")
        if path.startswith("src/") and path.endswith(".cc") and path != "src/main.cc":
            if folder not in layers and folder not in reported:
                reported.add(folder)
                tree.offend(path, 1, "dead", f"src/{folder} has no weir_folder line")
            elif folder in layers and folder not in folders_with_tests | reported:
                reported.add(folder)
                tree.offend(path, 1, "untested", f"src/{folder} has no x_test.cc")
        if path.startswith("tools/") and not (mentioned.get(name, set()) - {path}):
            tree.offend(path, 1, "dead", "no other file mentions this tool")


def check_text(tree):
    for path, text in tree.text.items():
        lines = text.splitlines()
        if path.endswith(SOURCE):
            if len(lines) > MAX_FILE_LINES:
                tree.offend(path, MAX_FILE_LINES, "long-file",
                            f"{len(lines)} lines, {MAX_FILE_LINES} at most: split by subject")
        if path.endswith(SOURCE + (".py", ".cmake", ".java")):
            for number, line in enumerate(lines, 1):
                if len(line) > MAX_LINE:
                    tree.offend(path, number, "long-line",
                                f"{len(line)} columns, {MAX_LINE} at most")
        for rule, pattern, instead in BANNED_WORDS:
            tree.offend_each(path, text, pattern, rule, instead)
    for path in tree.paths:
        size = os.path.getsize(os.path.join(tree.root, path))
        if size > MAX_BLOB_BYTES:
            tree.offend(path, 1, "blob", f"{size >> 10} KiB, {MAX_BLOB_BYTES >> 10} at most: "
                        "generate it, or let tools/setup fetch it")
        if path.startswith("src/") and BANNED_NAMES.search(os.path.basename(path)):
            tree.offend(path, 1, "name", "a file is named after its subject, "
                        "not utils, helpers, common or manager")


def check_headers(tree):
    for path in tree.code:
        if not path.endswith(".h"):
            continue
        text = tree.text[path]
        before, pragma, _ = text.partition("#pragma once")
        comment = "".join(re.findall(r"^\s*//(.*)$", before, re.M))
        if not pragma:
            tree.offend(path, 1, "contract", "no #pragma once")
        elif not text.startswith("//") or len(comment.strip()) < MIN_CONTRACT_CHARS:
            tree.offend(path, 1, "contract", "a header opens with its contract, a comment before "
                        "#pragma once: what, owner, thread, invariants, failure")
        tree.offend_each(path, tree.code[path], re.compile(r"^\s*using namespace\b", re.M),
                         "header", "no `using namespace` in a header")


def check_calls(tree):
    rules = [(rule, re.compile(pattern), f"use {instead}", tests)
             for rule, pattern, instead, tests in BANNED_CALLS]
    for path, code in tree.code.items():
        in_test = path.endswith(TEST_SUFFIXES)
        for rule, pattern, instead, tests in rules:
            allowed = MAY_READ_ENVIRONMENT if rule == "environment" else MAY_CALL_SYSTEM
            if path.startswith(allowed) or (in_test and not tests):
                continue
            tree.offend_each(path, code, pattern, rule, instead)


NOT_FUNCTION = re.compile(
    r"^(?:namespace|class|struct|union|enum|extern|if|else|for|while|do|switch|try|catch|using|"
    r"case|default|return|typedef)\b")


# What stands before the brace of a block of statements; any other brace opens a list of values.
BLOCK_HEAD = re.compile(
    r"(?:\)|\belse|\bdo|\btry|\bconst|\bnoexcept|\bmutable|->[\s\w:<>,*&]+)\s*$")


def functions_of(code):
    """(line, lines, header) of each function body, outermost only, found by its braces. Lists of
    values (tables, long initialisers) do not count: they are data."""
    stack = []  # (is_function, is_list, first line of the header, header)
    line, header, header_line, inside, lists, listed = 1, "", 1, 0, 0, 0
    for token in re.finditer(r"[{};]|\n|[^{};\n]+", re.sub(r"^\s*#.*$", "", code, flags=re.M)):
        text = token.group()
        if text == "\n":
            line += 1
            header += " "
        elif text == "{":
            words = re.sub(r"^\s*(?:template\s*<[^{]*?>\s*)?(?:(?:public|private|protected):)?\s*",
                           "", header)
            is_function = (not inside and "(" in words and not NOT_FUNCTION.match(words)
                           and not re.search(r"=\s*$|^\s*\w[\w:<>, ]*=[^=]", words))
            is_list = bool(inside) and not BLOCK_HEAD.search(words) and bool(
                words.strip() or (stack and stack[-1][1]))
            stack.append((is_function, is_list, header_line if words.strip() else line, words))
            inside += is_function
            lists += is_list
            header = ""
        elif text in "};":
            if text == "}" and stack:
                is_function, is_list, first, words = stack.pop()
                lists -= is_list
                if is_list and not lists:
                    listed += line - first
                if is_function:
                    inside -= 1
                    yield first, line - first + 1 - listed, words
                    listed = 0
            header = ""
        else:
            if not header.strip():
                header_line = line
            header += text


def check_functions(tree):
    for path, code in tree.code.items():
        table = os.path.basename(path) == "all.cc"
        limit = MAX_TABLE_FUNCTION_LINES if table else MAX_FUNCTION_LINES
        for first, lines, header in functions_of(code):
            if lines <= limit:
                continue
            name = re.search(r"([\w:~]+)\s*\(", header)
            what = name.group(1) if name else "function"
            if table:
                tree.offend(path, first, "table", f"{what} has {lines} lines; all.cc is a table of "
                            "rows, what they do stands in files of their own")
            else:
                tree.offend(path, first, "long-function", f"{what} has {lines} lines, {limit} at "
                            "most: decisions up, loops down into functions of their own")


def check_documents(tree):
    """A path that a document names exists."""
    present = set(tree.paths)
    folders = {os.path.dirname(p) for p in tree.paths}
    folders |= {"/".join(f.split("/")[:n]) for f in folders for n in range(1, f.count("/") + 1)}
    for path, text in tree.text.items():
        if not path.endswith(".md"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            links = [os.path.normpath(os.path.join(os.path.dirname(path), target)) for target in
                     re.findall(r"\]\((?!\w+:)([^)#\s]+)", line)]
            links += re.findall(r"`((?:src|tools|docs|tests|cmake|pipelines|bench)/[\w./-]+)`",
                                line)
            for target in links:
                target = target.rstrip("/")
                if not {target, target + ".h"} & present and target not in folders:
                    tree.offend(path, number, "document", f"there is no {target}")


def apply_exceptions(tree):
    """Removes what tools/tidy_allow.txt allows; an entry that nothing needs is an offence."""
    file = "tools/tidy_allow.txt"
    kept = tree.found
    for number, line in enumerate(tree.text.get(file, "").splitlines(), 1):
        words = line.split(None, 2)
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 3:
            kept.append((file, number, "exception", "an exception is RULE PATH REASON"))
            continue
        left = [o for o in kept if (o[2], o[0]) != (words[0], words[1])]
        if len(left) == len(kept):
            kept.append((file, number, "exception", f"{words[1]} no longer needs '{words[0]}'"))
        else:
            kept = left
    return sorted(set(kept))


def check_format(root):
    binary = shutil.which("clang-format-19")
    if not binary:
        print("clang-format-19 is not installed; `make format` installs it")
        return 77
    files = [p for p in Tree(root).paths if p.endswith(SOURCE)]
    command = ["xargs", "-P2", "-n40", binary, "--dry-run", "-Werror"]
    done = subprocess.run(command, input="\n".join(files), text=True, cwd=root,
                          capture_output=True, check=False)
    wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", done.stderr, re.M)))
    for path in wrong:
        print(f"{path}:1: [format] not as clang-format lays it out; run `make format`")
    if done.returncode and not wrong:
        print(done.stderr)
    return 1 if done.returncode else 0


def check(root):
    """(number of files, sorted offences as (path, line, rule, message)) of a tree."""
    tree = Tree(root)
    layers = read_layers(tree)
    included = check_includes(tree, layers)
    check_links(tree, layers)
    check_dead(tree, layers, included)
    check_text(tree)
    check_headers(tree)
    check_calls(tree)
    check_functions(tree)
    check_documents(tree)
    return len(tree.paths), apply_exceptions(tree)


def main():
    arguments = sys.argv[1:]
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if "--root" in arguments:
        root = arguments[arguments.index("--root") + 1]
    if "--format" in arguments:
        return check_format(root)
    files, found = check(root)
    for path, line, rule, message in found:
        print(f"{path}:{line}: [{rule}] {message}")
    print(f"tidy: {files} files, {len(found)} offences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
