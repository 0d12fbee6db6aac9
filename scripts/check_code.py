#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiles every header alone ("headers") or runs clang-tidy ("tidy"), with the flags of a configured build.

usage: check_code.py headers|tidy BUILD_FOLDER FILE...

What was clean is remembered in $LUNARGATE_CACHE/lint until it, a project header that it includes, its flags or the
tool's settings change.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("LUNARGATE_CACHE", ROOT / "build")) / "lint"
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
# g++'s own flags, which clang does not know.
GCC_ONLY = {"-fcoroutines", "-Wduplicated-cond", "-Wlogical-op", "-Winvalid-pch"}


def load_commands(build):
    """The compiler flags of each source file, without output, input and precompiled header."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        arguments = shlex.split(entry["command"])
        while arguments and not arguments[0].endswith(("++", "++-14")):  # a compiler cache before the compiler
            arguments.pop(0)
        flags, skip = [], False
        for position, argument in enumerate(arguments):
            if skip:
                skip = False
            elif argument in ("-o", "-c"):
                skip = True
            elif argument == "-include" and "cmake_pch" in arguments[position + 1]:
                skip = True
            else:
                flags.append(argument)
        commands[os.path.relpath(entry["file"], ROOT)] = flags
    return commands


def flags_for(name, commands):
    """A file's own flags, or those of the source file that is nearest to it in the tree."""
    if name in commands:
        return commands[name]
    return commands[max(sorted(commands), key=lambda other: len(os.path.commonprefix([name, other])))]


def project_files(name, seen):
    """The file and all the project's headers that it includes, directly or not."""
    if name in seen or not (ROOT / name).is_file():
        return seen
    seen.add(name)
    for included in INCLUDE.findall((ROOT / name).read_bytes()):
        project_files(included.decode(), seen)
    return seen


def stamp(name, command, settings):
    digest = hashlib.sha256(settings)
    # Another checkout's results count too.
    digest.update(shlex.join(command).replace(str(ROOT), "").encode())
    for file in sorted(project_files(name, set())):
        digest.update(file.encode() + b"\0" + (ROOT / file).read_bytes())
    return CACHE / digest.hexdigest()


def header_command(name, commands):
    flags = [flag for flag in flags_for(name, commands) if not flag.startswith("-fsanitize")]
    return [*flags, "-fsyntax-only", "-x", "c++", "-"]


def tidy_command(name, commands):
    flags = [flag for flag in flags_for(name, commands) if flag not in GCC_ONLY]
    # A header that has no source file beside it is looked at as if it were one.
    flags += ["-Wno-pragma-once-outside-header", "-x", "c++"]
    return ["clang-tidy-19", "--quiet", f"--config-file={ROOT}/.clang-tidy", str(ROOT / name), "--", *flags[1:]]


def run(kind, name, command):
    # Twice, so that a header which lacks its guard fails too.
    text = f'#include "{name}"\n' * 2 if kind == "headers" else None
    ran = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False)
    return ran.returncode, ran.stdout + (ran.stderr if kind == "headers" else clang_errors(ran))


def clang_errors(ran):
    return ran.stderr if ran.returncode != 0 and not ran.stdout else ""


def changed_sources(names, commands):
    """A header is checked through the source file beside it, where there is one."""
    for name in names:
        beside = str(pathlib.PurePath(name).with_suffix(".cpp"))
        yield beside if name.endswith(".h") and beside in commands else name


def main():
    kind, build, names = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    commands = load_commands(build)
    CACHE.mkdir(parents=True, exist_ok=True)
    if kind == "headers":
        make, version = header_command, ["c++", "--version"]
        names = [name for name in names if name.endswith(".h")]
        settings = b""
    else:
        make, version = tidy_command, ["clang-tidy-19", "--version"]
        names = sorted(set(changed_sources(names, commands)))
        settings = (ROOT / ".clang-tidy").read_bytes()
    settings += subprocess.run(version, capture_output=True, check=True).stdout

    todo = []
    for name in names:
        command = make(name, commands)
        mark = stamp(name, command, settings)
        if mark.exists():
            mark.touch()  # for whoever clears out old ones
        else:
            todo.append((name, command, mark))
    failed, printed = 0, set()
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", os.cpu_count()))) as pool:
        runs = [(pool.submit(run, kind, name, command), mark) for name, command, mark in todo]
        for future, mark in runs:
            code, output = future.result()
            if code == 0:
                mark.touch()
                continue
            failed += 1
            # The same finding in a header comes back with every file that includes it.
            for block in re.split(r"(?m)^(?=\S+:\d+:\d+: (?:warning|error|fatal error):)", output.replace(f"{ROOT}/", "")):
                if block.strip() and block not in printed:
                    printed.add(block)
                    print(block.rstrip(), flush=True)
    print(f"{len(names)} files, {len(names) - len(todo)} of them unchanged since they were clean, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
