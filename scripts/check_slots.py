#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds tests that nobody runs: slots that a test file declares and moc did not see.

usage: check_slots.py FOLDER BUILD   prints "file: what is missing" and exits 1 if there is anything

moc reads C++ with a parser of its own. That of Qt 6.8 loses its way in raw strings with quotes or braces inside of a
class: it says nothing, and leaves out slots, or the whole class. What it made is compared with what is written there.
What the build leaves out (tests/ui without the desktop app, measurements with a sanitizer) is left out here, too.
"""
import json
import pathlib
import re
import sys

INCLUDES_MOC = re.compile(r'^#include "(\w+)\.moc"', re.MULTILINE)
# What cannot hold a declaration; a raw string goes on to its own delimiter.
NO_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL
)
CLASS = re.compile(r"\b(?:class|struct)\s+(\w+)(?:\s+final)?\s*(?::[^;{]*)?\{")
ACCESS = re.compile(r"\b(?:(public|protected|private)(\s+(?:Q_SLOTS|slots))?|(Q_SIGNALS|signals))\s*:(?!:)")
SLOT = re.compile(r"\bvoid\s+(\w+)\s*\(")
STRINGS = re.compile(r"QtMocHelpers::stringData\((.*?)\n\);", re.DOTALL)
LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"')


def body_of(code, begin):
    """What stands at the top level between the brace before `begin` and its own end; inner blocks become `;`."""
    depth, text = 1, []
    for at in range(begin, len(code)):
        char = code[at]
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                break
            if depth == 1:
                text.append(";")
        elif depth == 1:
            text.append(char)
    return "".join(text)


def slots_in(body):
    """The functions of the sections of slots."""
    marks = [*ACCESS.finditer(body)]
    ends = [mark.start() for mark in marks[1:]] + [len(body)]
    for mark, end in zip(marks, ends):
        if mark[2]:
            yield from SLOT.findall(body[mark.end() : end])


def declared(text):
    """The slots of each class with Q_OBJECT."""
    code = NO_CODE.sub(" 0 ", text)
    classes = {}
    for match in CLASS.finditer(code):
        body = body_of(code, match.end())
        if re.search(r"\bQ_OBJECT\b", body):
            classes[match[1]] = set(slots_in(body))
    return classes


def made(text):
    """The names that moc noted of each class."""
    classes = {}
    for block in STRINGS.findall(text):
        name, *others = LITERAL.findall(block)
        classes[name.split("::")[-1]] = set(others)
    return classes


def problems(name, text, moc):
    seen = made(moc)
    classes = declared(text)
    if not classes:
        yield f"{name}: it includes what moc makes, but no class with Q_OBJECT was found in it"
    for class_name, slots in classes.items():
        if class_name not in seen:
            yield f"{name}: moc did not see the class {class_name}; define its slots outside of the class"
            continue
        for slot in sorted(slots - seen[class_name]):
            yield f"{name}: moc did not see {class_name}::{slot}; define the slots before it outside of the class"


def moc_files(build):
    """What moc made, by the path of its source."""
    files = {}
    for path in build.rglob("*.moc"):
        source = re.sub(r"[^/]+_autogen/include[^/]*/", "", path.relative_to(build).as_posix())
        files[source.removesuffix(".moc") + ".cpp"] = path
    return files


def is_built(build):
    """Says of a source whether the build compiles it; without compile_commands.json, it does."""
    commands = build / "compile_commands.json"
    if not commands.exists():
        return lambda path: True
    built = {pathlib.Path(entry["file"]) for entry in json.loads(commands.read_text(encoding="utf-8"))}
    return lambda path: path in built


def check(root, build):
    """All that is wrong, and how many slots there are."""
    files, found, count = moc_files(build), [], 0
    builds = is_built(build)
    for path in sorted((root / "tests").rglob("*.cpp")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(root).as_posix()
        if not INCLUDES_MOC.search(text) or not (build / name).parent.is_dir() or not builds(path):
            continue
        if name not in files:
            found.append(f"{name}: moc made nothing of it in {build}; build it first")
            continue
        found += problems(name, text, files[name].read_text(encoding="utf-8"))
        count += sum(len(slots) for slots in declared(text).values())
    if count == 0 and not found:
        found.append(f"{root}: there is no test with slots; is it the project's folder?")
    return found, count


def main():
    found, count = check(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
    print("\n".join(found) if found else f"{count} slots, all of them seen by moc")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
