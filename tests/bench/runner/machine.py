# SPDX-License-Identifier: GPL-3.0-or-later
"""On what the figures were measured."""
import os
import pathlib
import platform
import re
import subprocess


def _output(command, **options):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True, **options).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def _cache(build):
    cache = build / "CMakeCache.txt"
    lines = cache.read_text().splitlines() if cache.exists() else []
    return {line.partition(":")[0]: line.partition("=")[2] for line in lines if "=" in line}


def has_window(build):
    """Whether the program was built with the desktop app."""
    return _cache(build).get("LUNARGATE_GUI") != "OFF"


def _qt_version(cache):
    for path in pathlib.Path(cache.get("Qt6_DIR") or "/nonexistent").glob("Qt6ConfigVersionImpl.cmake"):
        match = re.search(r'PACKAGE_VERSION "([\d.]+)"', path.read_text())
        if match:
            return match[1]
    return ""


def _cpu_model():
    match = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1] if match else platform.machine()


def describe(build, source, nginx):
    cache = _cache(build)
    compiler = _output([cache["CMAKE_CXX_COMPILER"], "--version"]) if "CMAKE_CXX_COMPILER" in cache else ""
    nginx_version = subprocess.run([nginx, "-v"], capture_output=True, text=True).stderr.strip() if nginx else ""
    commit = _output(["git", "rev-parse", "--short=12", "HEAD"], cwd=source)
    changed = _output(["git", "status", "--porcelain", "--untracked-files=no"], cwd=source)
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "compiler": compiler.partition("\n")[0],
        "build_type": cache.get("CMAKE_BUILD_TYPE", ""),
        "qt": _qt_version(cache),
        "nginx": nginx_version.rpartition("/")[2],
        "commit": commit + ("+changes" if changed else ""),
        "load_before": round(os.getloadavg()[0], 2),
    }
