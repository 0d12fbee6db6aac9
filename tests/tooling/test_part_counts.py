# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/bench/part_counts fails for a part that takes more than its baseline. Programs of two lines stand in for
callgrind and the benchmarks: what they count is in a file."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]

BENCHMARKS = """#!/bin/sh
sed 's/ .*//' "$(dirname "$0")/counts"
"""

# valgrind … --callgrind-out-file=OUT PROGRAM --instructions NAME [--twice]: ten iterations.
VALGRIND = """#!/bin/sh
[ "$1" != --version ] || exec echo valgrind-3.24.0
out=${3#--callgrind-out-file=}
count=$(sed -n "s|^$6 ||p" "$(dirname "$4")/counts")
[ "$count" != crash ] || exit 1
[ "$7" != --twice ] || count=$((2 * count))
echo "totals: $((10 * count))" >"$out"
echo 10
"""


class PartCounts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.baseline = self.folder / "baseline.json"
        (self.folder / "bench").mkdir()
        self.write_program(self.folder / "bench" / "part_benchmarks", BENCHMARKS)
        self.write_program(self.folder / "valgrind", VALGRIND)
        self.set_counts({"json/parse": 1000, "sse/whole": 200})
        self.assertEqual(self.run_counts("--update").returncode, 0)

    def write_program(self, path, text):
        path.write_text(text)
        path.chmod(0o755)

    def set_counts(self, counts):
        lines = [f"{name} {count}\n" for name, count in counts.items()]
        (self.folder / "bench" / "counts").write_text("".join(lines))

    def run_counts(self, *arguments, ci="false"):
        command = [sys.executable, "-B", PROJECT / "tests" / "bench" / "part_counts", "--build", self.folder,
                   "--baseline", self.baseline, "--valgrind", self.folder / "valgrind", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"CI": ci})

    def baseline_counts(self):
        return json.loads(self.baseline.read_text())["instructions"]

    def test_equal_counts_pass(self):
        self.assertEqual(self.baseline_counts(), {"json/parse": 1000, "sse/whole": 200})
        self.assertEqual(self.run_counts().returncode, 0)

    def test_ten_percent_more_pass(self):
        self.set_counts({"json/parse": 1100, "sse/whole": 200})
        self.assertEqual(self.run_counts().returncode, 0)

    def test_more_than_that_fails_with_the_name_of_the_part(self):
        self.set_counts({"json/parse": 1101, "sse/whole": 200})
        done = self.run_counts()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "SLOWER  json/parse: 1,101 instructions, 10.1 % over the baseline of 1,000\n")

    def test_a_baseline_that_says_less_fails(self):
        document = json.loads(self.baseline.read_text())
        document["instructions"]["sse/whole"] = 150
        self.baseline.write_text(json.dumps(document))
        done = self.run_counts()
        self.assertEqual(done.returncode, 1)
        self.assertIn("SLOWER  sse/whole: ", done.stdout)
        self.assertNotIn("json/parse", done.stdout)

    def test_twice_the_work_fails(self):
        done = self.run_counts("--part", "sse/whole", "--twice", "sse/whole")
        self.assertEqual(done.returncode, 1)
        self.assertIn("SLOWER  sse/whole: 400 instructions, 100.0 % over", done.stdout)

    def test_less_is_told_but_no_failure(self):
        self.set_counts({"json/parse": 899, "sse/whole": 200})
        done = self.run_counts()
        self.assertEqual(done.returncode, 0)
        self.assertIn("faster  json/parse: 899 instructions, 10.1 % below", done.stdout)
        self.assertIn("--update", done.stdout)

    def test_parts_that_the_baseline_does_not_know_fail(self):
        self.set_counts({"json/parse": 1000, "sse/whole": 200, "sse/pieces": 300})
        done = self.run_counts()
        self.assertEqual(done.returncode, 1)
        self.assertIn("NEW     sse/pieces: ", done.stdout)

    def test_parts_that_are_gone_fail(self):
        self.set_counts({"json/parse": 1000})
        done = self.run_counts()
        self.assertEqual(done.returncode, 1)
        self.assertIn("GONE    sse/whole: ", done.stdout)

    def test_one_part_is_compared_alone(self):
        self.set_counts({"json/parse": 1000, "sse/whole": 900})
        self.assertEqual(self.run_counts("--part", "json/parse").returncode, 0)

    def test_one_part_is_updated_alone(self):
        self.set_counts({"json/parse": 2000, "sse/whole": 900})
        self.assertEqual(self.run_counts("--part", "json/parse", "--update").returncode, 0)
        self.assertEqual(self.baseline_counts(), {"json/parse": 2000, "sse/whole": 200})

    def test_another_compiler_is_not_compared(self):
        document = json.loads(self.baseline.read_text())
        document["made_with"]["compiler"] = "c++ 99.0"
        self.baseline.write_text(json.dumps(document))
        done = self.run_counts()
        self.assertEqual(done.returncode, 77)
        self.assertIn("instead of c++ 99.0", done.stdout)
        self.assertEqual(self.run_counts(ci="true").returncode, 1)

    def test_what_cannot_be_counted_is_no_success(self):
        for counts in ({"json/parse": "crash", "sse/whole": 200}, {"json/parse": 0, "sse/whole": 200}):
            self.set_counts(counts)
            self.assertEqual(self.run_counts().returncode, 2)

    def test_an_unknown_part_is_refused(self):
        done = self.run_counts("--part", "json/parse", "--twice", "nobody")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no nobody", done.stderr)


if __name__ == "__main__":
    unittest.main()
