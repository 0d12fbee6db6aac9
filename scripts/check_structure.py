#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks what no compiler does: which folder includes which, who may know a library, licence lines, lock files.

usage: check_structure.py [FOLDER]   prints "file:line: what is wrong; what to do" and exits 1 if there is anything
"""
import pathlib
import re
import subprocess
import sys

# Includes inside gateway/ go one way: api -> pipeline -> the parts of a decision -> what they work on.
# A folder may include itself, everything in ANYWHERE, and the folders (or single headers) named here.
WORKED_ON = ["upstream", "chat", "config", "json", "http/header_list.h", "http/http_request.h", "http/incoming_body.h", "async"]
ALLOWED = {
    "async": [],
    "json": [],
    "config": ["json", "security/keychain.h", "security/keychain_entry.h"],
    "chat": ["json", "http/header_list.h"],
    "upstream": ["async", "config", "json", "http/header_list.h", "http/incoming_body.h"],
    "http": ["async", "config", "json"],
    "cache": WORKED_ON,
    "responses": WORKED_ON,
    "dialects": WORKED_ON + ["cache/content_hash.h"],  # Qt's SHA-256 takes ten times as long
    "limits": WORKED_ON + ["security/caller.h"],
    "observability": WORKED_ON + ["prices", "security/caller.h"],  # what a request cost, and who sent it
    "prices": WORKED_ON,
    "resilience": WORKED_ON,
    "routing": WORKED_ON,
    "security": WORKED_ON,
    "models": WORKED_ON + ["providers"],
    "providers": WORKED_ON + ["resilience"],  # a provider reads its answers' retry hints
    "history": WORKED_ON + ["observability", "limits/token_bucket.h"],
    # It waits as calls to providers do.
    "delivery": WORKED_ON + ["resilience"],
    # It writes completions as clients get them.
    "collector": WORKED_ON + ["observability", "prices", "dialects", "delivery"],
    # What was streamed is told as the completion that it makes.
    "telemetry": WORKED_ON + ["observability", "prices", "delivery", "collector/stream_assembly.h", "limits/token_bucket.h"],
    # They make requests of their own, as one more client.
    "own_requests": WORKED_ON + ["http"],
    "remote_control": WORKED_ON + ["http", "observability", "security", "routing/model_id.h"],
}
ALLOWED["keys"] = WORKED_ON + ["models", "providers", "security"]
ALLOWED["pipeline"] = [folder for folder in ALLOWED]
ALLOWED["reload"] = [folder for folder in ALLOWED]
ALLOWED["api"] = [folder for folder in ALLOWED]
ANYWHERE = ["error.h", "version.h", "security/secret_string.h", "observability/logging.h"]

# Who may know a library: (what is included, the folders that may, what the others include instead).
OWNERS = [
    (r"QNetwork(AccessManager|Reply|Proxy\w*|CookieJar)|curl/", ["gateway/upstream"], "gateway/upstream/transport.h"),
    (r"QWebSocket\w*|QNetworkRequest", ["gateway/remote_control"], "gateway/remote_control/remote_control.h"),
    (r"QTcp(Server|Socket)|QSsl(Server|Socket)", ["gateway/http"], "the types of gateway/http"),
    (r"llhttp", ["gateway/http", "gateway/upstream"], "the types of gateway/http"),
    (r"re2/", ["gateway/config", "gateway/history", "gateway/routing"], "gateway/routing/skill_matcher.h"),
    (r"openssl/", ["gateway/cache"], "gateway/cache/content_hash.h"),
    (r"zlib\.h", ["gateway/delivery"], "gateway/delivery/gzip.h"),
    (r"sqlite3\.h", ["gateway/history"], "gateway/history/history.h"),
    (r"QSql\w+|QtSql/", [], "gateway/history, which knows SQLite itself"),
    (r"yyjson", ["gateway/json"], "gateway/json/document.h or writer.h"),
    (r"QJson\w+", [], "gateway/json, which keeps numbers, key order and UTF-8 as they are"),
    (r"rhonabwy\.h|gnutls/|jansson\.h", ["gateway/security"], "gateway/security/public_keys.h"),
    (r"qt6keychain/|QDBus\w+", ["gateway/security"], "gateway/security/system_keychain.h"),
    (r"yaml-cpp/", ["gateway/config"], "gateway/config/config.h"),
    (r"prometheus/", ["gateway/observability"], "gateway/observability/metrics.h"),
    (r"Q(Gui)?Application\b|Qt(Gui|Widgets)/", ["app", "ui"], "nothing: the gateway runs without a desktop"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*(<[^>]+>|"[^"]+")')
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
LICENSED = {".h", ".cpp", ".cmake", ".py", ".sh", ".js", ".mjs", ".ts"}
LOCK_FILES = {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "Cargo.lock", "poetry.lock", "uv.lock"}


def source_files(root):
    """Every file of the project as a path relative to root: what git knows or would add; all of a folder without git."""
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
        return sorted(pathlib.PurePath(name) for name in names if name and (root / name).is_file())
    return sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())


def direction_problem(path, included):
    """Why the file may not include that project header, or None."""
    owner, target = path.parts[0], pathlib.PurePath(included).parts
    if owner in ("gateway", "ui", "app") and target[0] == "tests":
        return f"{owner}/ may not include tests/: move what both need to {owner}/"
    if owner == "gateway" and target[0] in ("ui", "app"):
        return f"gateway/ may not include {target[0]}/: let {target[0]}/ connect to a signal or pass a callback"
    if owner == "ui" and target[0] == "app":
        return "ui/ may not include app/: app/ passes what ui/ needs to its constructors"
    if owner != "gateway" or target[0] != "gateway":
        return None
    if len(path.parts) == 2 and path.stem == "gateway":  # the facade puts everything together
        return None
    below = "/".join(target[1:])
    if below in ANYWHERE:
        return None
    folder = path.parts[1] if len(path.parts) > 2 else ""
    if folder and folder not in ALLOWED:
        return f"gateway/{folder}/ is not in the table of scripts/check_structure.py: say there what it may include"
    if folder == target[1]:
        return None
    if any(below == entry or (len(target) > 2 and target[1] == entry) for entry in ALLOWED.get(folder, [])):
        return None
    return (f"gateway/{folder or path.name} may not include gateway/{below}: includes go api -> pipeline -> "
            "{routing, resilience, providers, ...} -> {upstream, chat, config, json, async}; move the shared type down")


def library_problem(path, included):
    """Why the file may not include that library's header, or None."""
    if path.parts[0] not in ("gateway", "ui", "app"):
        return None
    folder = "/".join(path.parts[:2]) if path.parts[0] == "gateway" else path.parts[0]
    name = included.removeprefix("QtNetwork/").removeprefix("QtCore/")
    for pattern, owners, instead in OWNERS:
        if re.match(pattern, name) and folder not in owners:
            return f"only {' and '.join(owners) or 'nobody'} may include <{included}>; include {instead}"
    return None


def check_code(path, text):
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        included = match[1][1:-1]
        if match[1][0] == '"' and "/" in included:
            problem = direction_problem(path, included)
        elif match[1][0] == '"' and not included.endswith((".moc", "cmake_pch.hxx")) and not included.startswith("ui_"):
            problem = f'write the full path from the project\'s root instead of "{included}"'
        else:
            problem = library_problem(path, included)
        if problem:
            yield number, problem
    if path.suffix == ".h" and "#pragma once" not in lines:
        yield 1, 'a header without "#pragma once": add it below the licence line'


def check_licence(path, text):
    lines = text.splitlines()[:2]
    is_script = bool(lines) and lines[0].startswith("#!")
    if path.suffix not in LICENSED and path.name != "CMakeLists.txt" and not is_script:
        return
    if not any(LICENCE in line for line in (lines if is_script else lines[:1])):
        mark = "//" if path.suffix in {".h", ".cpp", ".js", ".mjs", ".ts"} else "#"
        yield (2 if is_script else 1), f'no licence line: add "{mark} {LICENCE}" here'


def check_lock_file(path, text):
    """A lock file that names a registry works only where that registry is reached."""
    if path.name == ".npmrc":
        for number, line in enumerate(text.splitlines(), 1):
            if re.match(r"\s*(@[^:]+:)?registry\s*=", line):
                yield number, "names a package registry: remove the line, everybody's own configuration says it"
    if path.name not in LOCK_FILES:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r'\b(resolved|source|registry|tarball)"?\s*[:=]?\s*[{"]?.*https?://', line):
            yield number, "names a package registry: remove the address (npm: omit-lockfile-registry-resolved=true)"


def problems(root):
    for path in source_files(root):
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        checks = [check_licence, check_lock_file] + ([check_code] if path.suffix in (".h", ".cpp") else [])
        for check in checks:
            for number, problem in check(path, text):
                yield f"{path}:{number}: {problem}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    found = list(problems(root))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
