#!/usr/bin/env python3
"""Each rule of tools/tidy.py fails on a small tree that breaks it, and passes on a tidy one."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tidy

CONTRACT = ("// Adds two numbers. Owned by nobody, used by one thread at a time; an overflow is\n"
            "// the caller's fault and is checked.\n#pragma once\n")
GOOD = {
    "CMakeLists.txt": "weir_folder(base LAYER 0 LINK fmt)\n"
                      "weir_folder(net LAYER 1 LINK weir_base)\n"
                      "weir_folder(types LAYER 1 LINK weir_base)\n",
    "src/base/sum.h": CONTRACT + "int sum(int a, int b);\n",
    "src/base/sum.cc": '#include "base/sum.h"\n\nint sum(int a, int b) { return a + b; }\n',
    "src/base/sum_test.cc": '#include "base/sum.h"\n',
    "src/types/row.h": CONTRACT + '#include "base/sum.h"\n',
    "src/types/row_test.cc": '#include "types/row.h"\n',
}


def function_of(lines):
    body = "".join(f"  step({n});\n" for n in range(lines - 2))
    return "namespace weir {\n\nvoid walk(int a,\n          int b) {\n" + body + "}\n\n}\n"


class TidyTest(unittest.TestCase):
    def tidy(self, changes):
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**GOOD, **changes}.items():
                if text is None:
                    continue
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as file:
                    file.write(text)
            return [f"{path}:{line}: [{rule}]" for path, line, rule, _ in tidy.check(root)[1]]

    def fails(self, rule, where, changes):
        self.assertEqual(self.tidy(changes), [f"{where}: [{rule}]"])

    def passes(self, changes):
        self.assertEqual(self.tidy(changes), [])

    def test_a_tidy_tree_passes(self):
        self.passes({})

    def test_include_upward(self):
        self.fails("layer", "src/base/sum.cc:2",
                   {"src/base/sum.cc": '#include "base/sum.h"\n#include "types/row.h"\n'})

    def test_include_of_a_sibling(self):
        self.fails("layer", "src/net/wire.cc:1",
                   {"src/net/wire.cc": '#include "types/row.h"\n', "src/net/wire_test.cc": "\n"})

    def test_link_upward(self):
        self.fails("layer", "CMakeLists.txt:1", {"CMakeLists.txt": GOOD["CMakeLists.txt"].replace(
            "LINK fmt", "LINK weir_types")})

    def test_include_that_is_not_a_path_from_src(self):
        self.fails("include", "src/types/row_test.cc:2",
                   {"src/types/row_test.cc": '#include "types/row.h"\n#include "row.h"\n'})

    def test_file_over_the_limit(self):
        self.fails("long-file", "src/base/sum.cc:800", {"src/base/sum.cc": "int a;\n" * 801})
        self.passes({"src/base/sum.cc": "int a;\n" * 800})

    def test_function_over_the_limit(self):
        self.fails("long-function", "src/base/sum.cc:3", {"src/base/sum.cc": function_of(70)})
        self.passes({"src/base/sum.cc": function_of(69)})

    def test_lists_of_values_do_not_count(self):
        rows = "".join(f'      {{"row {n}", {{1, 2}}}},\n' for n in range(90))
        self.passes({"src/base/sum.cc":
                     f"std::vector<Row> rows() {{\n  return {{\n{rows}  }};\n}}\n"})

    def test_table_with_logic(self):
        self.fails("table", "src/base/all.cc:3", {"src/base/all.cc": function_of(30)})

    def test_missing_header_contract(self):
        self.fails("contract", "src/types/row.h:1", {"src/types/row.h": "#pragma once\nint a;\n"})
        self.fails("contract", "src/types/row.h:1", {"src/types/row.h": "// Row.\n#pragma once\n"})
        self.fails("contract", "src/types/row.h:1", {"src/types/row.h": CONTRACT.split("#")[0]})

    def test_long_line(self):
        self.fails("long-line", "src/base/sum.cc:1", {"src/base/sum.cc": "// " + "x" * 98 + "\n"})

    def test_calls_of_the_system(self):
        calls = {
            "clock": ["auto t = std::chrono::steady_clock::now();", "long t = time(nullptr);",
                      "clock_gettime(CLOCK_REALTIME, &t);"],
            "sleep": ["std::this_thread::sleep_for(1s);", "usleep(3);", "sleep(1);"],
            "random": ["std::random_device d;", "int r = rand();"],
            "socket": ["int s = ::socket(1, 2, 3);"],
            "file": ["int f = ::open(path, 0);", "auto* f = fopen(a, b);", "std::ifstream f;"],
            "thread": ["std::thread t;", "pthread_create(&t, 0, run, 0);"],
            "environment": ["getenv(name);"],
        }
        for rule, lines in calls.items():
            for line in lines:
                code = f"void f() {{ {line} }}\n"
                with self.subTest(line):
                    self.fails(rule, "src/types/row.cc:1", {"src/types/row.cc": code})
                    self.passes({"src/base/system.cc": code})

    def test_words_in_comments_and_strings_are_no_calls(self):
        self.passes({"src/types/row.cc":
                     '// usleep(3) is banned\nauto s = "usleep(3)";  /* rand() */\n'
                     "int million = 1'000'000; char c = '\"'; int x = uptime(0);\n"})

    def test_banned_header(self):
        self.fails("file", "src/types/row.cc:1", {"src/types/row.cc": "#include <fstream>\n"})

    def test_unfinished_work(self):
        self.fails("unfinished", "src/base/sum.cc:1", {"src/base/sum.cc": "// TO" + "DO: later\n"})

    def test_paths_of_one_machine(self):
        self.fails("machine", "README.md:1", {"README.md": "see /ro" + "ot/notes\n"})

    def test_file_names(self):
        for name in ("string_utils.h", "common.h", "job_manager.h"):
            with self.subTest(name):
                self.fails("name", f"src/base/{name}:1",
                           {f"src/base/{name}": CONTRACT,
                            "src/base/sum.cc": f'#include "base/{name}"\n'})

    def test_dead_files(self):
        self.fails("dead", "src/base/alone.h:1", {"src/base/alone.h": CONTRACT})
        self.fails("dead", "tools/alone.py:1", {"tools/alone.py": "print()\n"})
        self.fails("dead", "src/ghost/a.cc:1", {"src/ghost/a.cc": "int a;\n"})

    def test_folder_without_a_test(self):
        self.fails("untested", "src/net/wire.cc:1", {"src/net/wire.cc": "int a;\n"})

    def test_large_blob(self):
        self.fails("blob", "tests/data.bin:1", {"tests/data.bin": "x" * (1 << 20) + "y"})

    def test_document_names_a_missing_file(self):
        self.fails("document", "README.md:1", {"README.md": "see [it](docs/gone.md)\n"})
        self.fails("document", "README.md:1", {"README.md": "see `src/base/gone.h`\n"})
        self.passes({"README.md": "`src/base/sum.h`, [it](src/base), [x](ht" + "tps://a.b)\n"})

    def test_exceptions(self):
        slow = {"src/types/row.cc": "void f() { usleep(3); }\n"}
        self.passes({**slow, "tools/tidy_allow.txt": "sleep src/types/row.cc waits for a device\n",
                     "README.md": "tidy_allow.txt"})
        self.fails("exception", "tools/tidy_allow.txt:1",
                   {"tools/tidy_allow.txt": "sleep src/types/row.cc it was so\n",
                    "README.md": "tidy_allow.txt"})


if __name__ == "__main__":
    unittest.main()
