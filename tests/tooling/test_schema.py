# SPDX-License-Identifier: GPL-3.0-or-later
"""config/lunargate.schema.json is up to date, takes the example configurations and refuses mistakes."""

import copy
import json
import subprocess
import sys
import unittest
from pathlib import Path

import jsonschema
import yaml

PROJECT = Path(__file__).resolve().parent.parent.parent
SCHEMA = json.loads((PROJECT / "config" / "lunargate.schema.json").read_text(encoding="utf-8"))
EXAMPLES = sorted((PROJECT / "config").glob("*.yaml"))

GOOD = {
    "providers": {"openai": None, "own.v2": {"type": "openai", "base_url": "http://localhost/v1"}},
    "routing": {"routes": [{"name": "a", "targets": [{"provider": "openai", "weight": 0}]}]},
}


def errors(document):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(document)]


def changed(path, value):
    """GOOD with one value set; missing maps are made."""
    document = copy.deepcopy(GOOD)
    at = document
    for part in path[:-1]:
        at = at[part] if isinstance(at, list) else at.setdefault(part, {})
    at[path[-1]] = value
    return document


class SchemaTest(unittest.TestCase):
    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_it_is_what_the_documentation_says(self):
        script = PROJECT / "scripts" / "make_schema.py"
        ran = subprocess.run([sys.executable, "-B", script, "--check"], capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_it_takes_the_examples(self):
        self.assertGreaterEqual(len(EXAMPLES), 3)
        for example in EXAMPLES:
            with self.subTest(example=example.name):
                self.assertEqual(errors(yaml.safe_load(example.read_text(encoding="utf-8"))), [])

    def test_it_takes_every_spelling_of_values(self):
        self.assertEqual(errors(GOOD), [])
        for path, value in [
            (["server", "port"], "${PORT:-8080}"),
            (["server", "read_timeout"], "1h30m"),
            (["server", "read_timeout"], "1.5s"),
            (["server", "read_timeout"], 0),
            (["server", "max_body_bytes"], "10MiB"),
            (["server", "max_body_bytes"], 1024),
            (["server", "max_upload_bytes"], "2GiB"),
            (["retry", "retryable_errors"], "429, 500"),
            (["retry", "retryable_errors"], [429, 500]),
            (["caching", "enabled"], "yes"),
            (["logging", "level"], "warning"),
            (["logging"], None),
            (["routing", "routes"], {"name": "one", "targets": {"provider": "openai"}}),
            (["routing", "routes", 0, "match"], {"headers": {"x-team": True}}),
            (["routing", "routes", 0, "fallback_on"], ["5xx", 429, "timeout"]),
            (["routing", "routes", 0, "targets", 0, "timeouts"], {"first_content": "2s"}),
            (["security", "api_key", "keys"], [{"name": "ci", "value": "${CI_KEY}", "admin": True}]),
            (["prices", "openai"], {"gpt-*": {"input": 0.5, "output": 2}}),
            (["x-anchors"], {"anything": [1, 2]}),
        ]:
            with self.subTest(path=path, value=value):
                self.assertEqual(errors(changed(path, value)), [])

    def test_it_refuses_mistakes(self):
        for path, value in [
            (["serverr"], {}),
            (["server", "prot"], 8080),
            (["server", "port"], "eighty"),
            (["server", "read_timeout"], 30),
            (["server", "read_timeout"], "30 seconds"),
            (["server", "max_body_bytes"], "10 apples"),
            (["caching", "enabled"], "perhaps"),
            (["logging", "level"], "loud"),
            (["providers", "openai"], {"api_kye": "x"}),
            (["providers", "openai"], "sk-1"),
            (["routing", "default_strategy"], "best"),
            (["routing", "routes", 0, "targets", 0, "wieght"], 1),
            (["routing", "routes", 0, "targets", 0, "timeouts"], {"first": "2s"}),
            (["circuit_breaker", "scope"], "galaxy"),
            (["prices", "openai"], {"gpt-*": {"inptu": 0.5}}),
            (["prices", "openai"], {"input": 0.5}),
            (["security", "api_key", "keys"], [{"nam": "x"}]),
        ]:
            with self.subTest(path=path, value=value):
                self.assertNotEqual(errors(changed(path, value)), [])


if __name__ == "__main__":
    unittest.main()
