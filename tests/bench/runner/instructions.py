# SPDX-License-Identifier: GPL-3.0-or-later
"""How many instructions a part of the gateway takes, counted by callgrind, and what a baseline says about it."""
import concurrent.futures
import os
import pathlib
import platform
import re
import subprocess
import tempfile

from . import machine
from .processes import Failure

LIMIT_PERCENT = 10  # more than this over the baseline is a failure
LONGEST_PART_SECONDS = 120
# What must be the same for two counts to be comparable. The rest of "made with" only says where a baseline comes from.
SAME = ("architecture", "compiler", "build_type", "qt")

# Nothing of the caller's: the length of the environment moves the stack. Qt seeds its hash tables at random otherwise.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "LD_BIND_NOW": "1", "QT_HASH_SEED": "0"}


def _run(command, **options):
    try:
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=LONGEST_PART_SECONDS,
                              **options)
    except (OSError, subprocess.SubprocessError) as error:
        raise Failure(str(error)) from error
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}: {(done.stdout + done.stderr).strip()[-500:]}")
    return done.stdout


def part_names(program):
    return _run([program, "--list"]).split()


def count(program, valgrind, name, is_twice=False):
    """Instructions of one iteration of a part; with is_twice, of one that does its work twice."""
    with tempfile.TemporaryDirectory(prefix="lunargate-parts-") as folder:
        out = pathlib.Path(folder) / "counts"
        # By its name alone: the path is on the stack, too.
        iterations = _run([valgrind, "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}",
                           f"./{program.name}", "--instructions", name] + (["--twice"] if is_twice else []),
                          cwd=program.parent)
        total = re.search(r"^totals: (\d+)$", out.read_text(), re.MULTILINE) if out.exists() else None
        if not total or int(total[1]) == 0:
            raise Failure(f"{name}: callgrind has counted nothing")
        return round(int(total[1]) / int(iterations))


def count_all(program, valgrind, names, twice=()):
    """name -> count, as many at a time as there are cores: counts do not depend on what else is running."""
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        counts = pool.map(lambda name: count(program, valgrind, name, name in twice), names)
        return dict(zip(names, counts))


def made_with(build, source, valgrind):
    about = machine.describe(build, source, None)
    compiler = re.match(r"(\S+).* ([\d.]+)$", about["compiler"])
    version = re.search(r"[\d.]+", _run([valgrind, "--version"]))
    return {
        "architecture": platform.machine(),
        "compiler": " ".join(compiler.groups()) if compiler else about["compiler"],
        "build_type": about["build_type"],
        "qt": about["qt"],
        "cpu": about["cpu"],
        "valgrind": version[0] if version else "",
    }


def differences(baseline, now):
    """Why counts cannot be compared with the baseline; empty if they can."""
    before = baseline["made_with"]
    return [f"{key.replace('_', ' ')} {now[key] or 'unknown'} instead of {before[key] or 'unknown'}"
            for key in SAME if before[key] != now[key]]


def changes(baseline, counts, is_complete):
    """(verdict, text) of what is not as the baseline says; is_complete: all parts that there are were counted."""
    found = []
    before = baseline["instructions"]
    for name, instructions in counts.items():
        if name not in before:
            found.append(("NEW", f"{name}: {instructions:,} instructions, and the baseline does not know it"))
            continue
        change = instructions - before[name]
        if abs(change) * 100 > LIMIT_PERCENT * before[name]:
            verdict, way = ("SLOWER", "over") if change > 0 else ("faster", "below")
            found.append((verdict, f"{name}: {instructions:,} instructions, {abs(change) / before[name] * 100:.1f} % {way} "
                                   f"the baseline of {before[name]:,}"))
    if is_complete:
        found += [("GONE", f"{name}: in the baseline only") for name in before if name not in counts]
    return found
