#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/check_slots.py finds the slots and classes that moc left out, and nothing else."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "check_slots.py"

SOURCE = r"""
// class Commented { Q_OBJECT private Q_SLOTS: void nobody(); };
class Helper
{
    int value = 0;
};

namespace n {
class ATest final : public QObject
{
    Q_OBJECT

public:
    void notASlot() {}

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }
    void first() { const QByteArray a = R"({"a":"{)"; const char b = '"'; }
    void second_data();
    void second()
    {
        const auto inner = [] { struct Inner { void method(); }; };
        if (1'000 > 2) { call("}"); }
    }

private:
    void helper();
};

void ATest::second_data() {}
} // namespace n

class BTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void third();
};
#include "tst_a.moc"
"""


def moc_of(*classes):
    """What moc of Qt 6.8 writes of classes and their names."""
    blocks = []
    for name, *slots in classes:
        names = ",\n".join(f'    "{text}"' for text in (name, *slots[:1], "", *slots[1:]))
        blocks.append(f"static constexpr auto qt_meta_stringdata = QtMocHelpers::stringData(\n{names}\n);\n")
    return "#ifdef QT_MOC_HAS_STRINGDATA\n" + "\n".join(blocks)


A = ("n::ATest", "init", "first", "second_data", "second")
B = ("BTest", "third")


class CheckSlots(unittest.TestCase):
    def findings(self, moc, source=SOURCE, folder="tests/unit/a", compiled=None):
        with tempfile.TemporaryDirectory() as temporary:
            root, build = pathlib.Path(temporary, "root"), pathlib.Path(temporary, "build")
            (root / "tests/unit/a").mkdir(parents=True)
            (root / "tests/unit/a/tst_a.cpp").write_text(source, encoding="utf-8")
            made = build / folder / "tst_x_a_autogen/include"
            made.mkdir(parents=True)
            if moc is not None:
                (made / "tst_a.moc").write_text(moc, encoding="utf-8")
            if compiled is not None:
                commands = [{"file": str(root / name)} for name in compiled]
                (build / "compile_commands.json").write_text(json.dumps(commands), encoding="utf-8")
            ran = subprocess.run(
                [sys.executable, "-B", SCRIPT, root, build], capture_output=True, text=True, check=False
            )
        self.assertEqual(ran.stderr, "")
        lines = ran.stdout.splitlines()
        if ran.returncode == 0:
            self.assertEqual(lines, ["5 slots, all of them seen by moc"])
            return []
        self.assertEqual(ran.returncode, 1)
        return lines

    def assertFound(self, findings, *words):
        self.assertEqual(len(findings), 1, findings)
        for word in words:
            self.assertIn(word, findings[0])

    def test_accepts_what_moc_saw(self):
        self.assertEqual(self.findings(moc_of(A, B)), [])

    def test_names_file_and_slot_that_moc_left_out(self):
        for left_out in A[1:]:
            with self.subTest(left_out=left_out):
                moc = moc_of(tuple(name for name in A if name != left_out), B)
                self.assertFound(self.findings(moc), "tests/unit/a/tst_a.cpp: ", f"ATest::{left_out};")

    def test_names_a_class_that_moc_left_out(self):
        self.assertFound(self.findings(moc_of(A)), "tests/unit/a/tst_a.cpp: ", "class BTest")

    def test_slots_of_another_class_do_not_count(self):
        findings = self.findings(moc_of(("n::ATest", *B[1:]), ("BTest", *A[1:])))
        self.assertEqual(len(findings), 5, findings)

    def test_finds_what_was_not_built(self):
        self.assertFound(self.findings(None), "tests/unit/a/tst_a.cpp: ", "build it first")

    def test_leaves_out_what_the_build_leaves_out(self):
        self.assertFound(self.findings(None, compiled=["tests/unit/b/tst_b.cpp"]), "no test with slots")
        self.assertFound(self.findings(None, compiled=["tests/unit/a/tst_a.cpp"]), "build it first")
        self.assertEqual(self.findings(moc_of(A, B), compiled=["tests/unit/a/tst_a.cpp"]), [])

    def test_finds_that_there_is_nothing_to_check(self):
        self.assertFound(self.findings(moc_of(A, B), source="int x;\n"), "no test with slots")
        self.assertFound(self.findings(moc_of(A, B), folder="tests/other"), "no test with slots")

    def test_finds_a_class_that_it_does_not_understand(self):
        self.assertFound(self.findings(moc_of(A), source='TEST_CLASS(A)\n#include "tst_a.moc"\n'), "no class")


if __name__ == "__main__":
    unittest.main()
