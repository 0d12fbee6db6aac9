#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes config/lunargate.schema.json of the tables in docs/configuration.md, for editors that complete YAML.

A test compares those tables with what the reader knows, so the schema cannot know other keys than the program does.
Usage: make_schema.py [--check]; --check only says whether the committed file is the one that would be made.
"""

import json
import re
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTATION = PROJECT / "docs" / "configuration.md"
SCHEMA = PROJECT / "config" / "lunargate.schema.json"

# The whole text may come from variables, whatever it stands for.
VARIABLE = {"type": "string", "pattern": r"\$\{"}
# Go's spelling, which the reader takes: one or more numbers with units.
DURATION = {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h|d))+$"}
SIZE = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?([KMG]i?)?B?$"}
BOOLEAN_WORDS = {"type": "string", "pattern": "^(?i:true|false|yes|no|on|off)$"}
SCALAR = {"type": ["string", "number", "boolean"]}

# Words that the reader understands and does not propose.
ALIASES = {
    "ttft, total": ["last_byte"],
    "trace, debug, info, warn, error, disabled": ["warning", "fatal", "panic"],
}


def any_of(*schemas):
    """What may be left empty in YAML, or come from a variable."""
    return {"anyOf": [*schemas, VARIABLE, {"type": "null"}]}


def list_of(item):
    return any_of({"type": "array", "items": item}, item)


def words(text):
    names = [name.strip() for name in text.split(",")]
    return any_of({"enum": names + ALIASES.get(text, [])})


# The second column of the tables; what is none of these is the list of its words.
TYPES = {
    "text": any_of(SCALAR),
    "secret": any_of(SCALAR),
    "whole number": any_of({"type": "integer"}, {"type": "string", "pattern": "^-?[0-9]+$"}),
    "number": any_of({"type": "number"}),
    "boolean": any_of({"type": "boolean"}, BOOLEAN_WORDS, {"enum": [0, 1]}),
    "duration": any_of(DURATION, {"const": 0}, {"const": "0"}),
    "size": any_of({"type": "integer"}, SIZE),
    "list of text": list_of(SCALAR),
    "list of secrets": list_of(SCALAR),
    "list of whole numbers": list_of({"type": ["integer", "string"]}),
    "map of text": any_of({"type": "object", "additionalProperties": SCALAR}),
    "ignored": {},
}


def schema_of(kind):
    """The schema of a value of the type `kind`."""
    if kind in TYPES:
        return {"$ref": "#/$defs/" + kind.replace(" ", "_")}
    if re.fullmatch(r"[a-z0-9_.-]+(, [a-z0-9_.-]+)+", kind):
        return words(kind)
    raise ValueError(f"docs/configuration.md has an unknown type: {kind}")


def documented_keys():
    """(path, type, default, meaning) of every row."""
    row = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| ([^|]*) \| (.*) \|$")
    for line in DOCUMENTATION.read_text(encoding="utf-8").splitlines():
        found = row.match(line)
        if found and re.match(r"[a-z_]+(\.|$)", found[1]):
            yield found[1], found[2].strip(), found[3].strip().strip("`"), found[4].strip()


def child(schema, part):
    """The schema below `schema` for one part of a path: `name`, `name[]`, or `<id>` and the like for any name."""
    if part.startswith("<"):
        schema.pop("properties", None)
        if schema.get("additionalProperties") is False:
            schema["additionalProperties"] = new_map()
        return schema["additionalProperties"]["anyOf"][0]
    name, is_list = part.removesuffix("[]"), part.endswith("[]")
    if name not in schema["properties"]:
        item = new_map()
        if is_list:
            item = {"anyOf": [item["anyOf"][0], {"type": "array", "items": item}, {"type": "null"}]}
        schema["properties"][name] = item
    return schema["properties"][name]["anyOf"][0]


def new_map():
    """A map that may be left empty."""
    return {"anyOf": [{"type": "object", "properties": {}, "additionalProperties": False}, {"type": "null"}]}


def make_schema():
    root = {"type": "object", "properties": {}, "additionalProperties": False}
    for path, kind, default, meaning in documented_keys():
        parts = path.split(".")
        parent = root
        for part in parts[:-1]:
            parent = child(parent, part)
        value = schema_of(kind)
        value["description"] = meaning + (f" Default: {default}." if default else "")
        parent["properties"][parts[-1]] = value
    root["patternProperties"] = {"^x-": {}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "LunarGate configuration",
        "description": "Made from docs/configuration.md by scripts/make_schema.py. Keys are spelled in lower case here.",
        **root,
        "$defs": {kind.replace(" ", "_"): schema for kind, schema in TYPES.items()},
    }


def main():
    text = json.dumps(make_schema(), indent=1, ensure_ascii=False) + "\n"
    if "--check" in sys.argv[1:]:
        if not SCHEMA.exists() or SCHEMA.read_text(encoding="utf-8") != text:
            sys.exit(f"{SCHEMA.relative_to(PROJECT)} is not what docs/configuration.md says: run scripts/make_schema.py")
        return
    SCHEMA.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
