#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule of scripts/check_structure.py finds what breaks it, in a small tree made for the purpose."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "check_structure.py"
LICENCE = "// SPDX-License-Identifier: GPL-3.0-or-later\n"


class CheckStructure(unittest.TestCase):
    def findings(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            ran = subprocess.run([sys.executable, "-B", SCRIPT, folder], capture_output=True, text=True, check=False)
        self.assertEqual(ran.stderr, "")
        self.assertEqual(ran.returncode, 1 if ran.stdout else 0)
        return ran.stdout.splitlines()

    def include(self, path, included):
        return self.findings({path: f"{LICENCE}\n#include {included}\n"})

    def assertFound(self, findings, place, *words):
        self.assertEqual(len(findings), 1, findings)
        self.assertTrue(findings[0].startswith(place + ": "), findings[0])
        for word in words:
            self.assertIn(word, findings[0])

    def test_accepts_includes_that_go_down(self):
        for path, included in [
            ("app/main.cpp", '"ui/main_window.h"'),
            ("ui/tray.cpp", '"gateway/gateway.h"'),
            ("gateway/gateway.cpp", '"gateway/api/endpoints.h"'),
            ("gateway/api/chat.cpp", '"gateway/pipeline/pipeline.h"'),
            ("gateway/api/chat.cpp", '"gateway/http/exchange.h"'),
            ("gateway/pipeline/attempt.cpp", '"gateway/providers/openai/openai_provider.h"'),
            ("gateway/providers/openai/x.cpp", '"gateway/providers/provider.h"'),
            ("gateway/routing/router.cpp", '"gateway/config/config.h"'),
            ("gateway/config/config.h.cpp", '"gateway/security/secret_string.h"'),
            ("gateway/async/task.cpp", '"gateway/error.h"'),
            ("gateway/upstream/pool.cpp", "<QNetworkAccessManager>"),
            ("tests/support/fake.cpp", "<QTcpServer>"),
            ("tests/unit/x/tst_x.cpp", '"gateway/api/endpoints.h"'),
        ]:
            with self.subTest(path=path, included=included):
                self.assertEqual(self.include(path, included), [])

    def test_finds_includes_that_go_up(self):
        for path, included in [
            ("gateway/config/config.cpp", "gateway/routing/router.h"),
            ("gateway/config/config.cpp", "gateway/api/endpoints.h"),
            ("gateway/routing/router.cpp", "gateway/pipeline/pipeline.h"),
            ("gateway/routing/router.cpp", "gateway/providers/provider.h"),
            ("gateway/resilience/retry.cpp", "gateway/http/exchange.h"),
            ("gateway/pipeline/attempt.cpp", "gateway/api/endpoints.h"),
            ("gateway/json/writer.cpp", "gateway/config/config.h"),
            ("gateway/http/parser.cpp", "gateway/gateway.h"),
            ("gateway/error.cpp", "gateway/config/config.h"),
            ("gateway/api/chat.cpp", "ui/main_window.h"),
            ("ui/tray.cpp", "app/options.h"),
            ("gateway/http/parser.cpp", "tests/support/raw_client.h"),
        ]:
            with self.subTest(path=path, included=included):
                self.assertFound(self.include(path, f'"{included}"'), f"{path}:3", "may not include")

    def test_finds_a_folder_without_a_rule(self):
        self.assertFound(
            self.include("gateway/magic/x.cpp", '"gateway/json/writer.h"'), "gateway/magic/x.cpp:3", "not in the table"
        )

    def test_finds_includes_without_the_full_path(self):
        self.assertFound(self.include("gateway/json/writer.cpp", '"writer.h"'), "gateway/json/writer.cpp:3", "full path")

    def test_finds_libraries_outside_of_their_folder(self):
        for path, included in [
            ("gateway/providers/openai/x.cpp", "<QNetworkAccessManager>"),
            ("gateway/http/server.h.cpp", "<QNetworkReply>"),
            ("gateway/pipeline/x.cpp", "<QtNetwork/QNetworkRequest>"),
            ("gateway/upstream/x.cpp", "<QTcpSocket>"),
            ("ui/x.cpp", "<QTcpServer>"),
            ("gateway/pipeline/x.cpp", "<llhttp.h>"),
            ("gateway/providers/openai/x.cpp", "<yyjson.h>"),
            ("gateway/api/x.cpp", "<QJsonDocument>"),
            ("app/main.cpp", "<yaml-cpp/yaml.h>"),
            ("gateway/api/x.cpp", "<prometheus/registry.h>"),
            ("gateway/config/x.cpp", "<QGuiApplication>"),
        ]:
            with self.subTest(path=path, included=included):
                self.assertFound(self.include(path, included), f"{path}:3", "may include", "include ")

    def test_finds_headers_without_pragma_once(self):
        self.assertFound(self.findings({"gateway/x.h": LICENCE}), "gateway/x.h:1", "#pragma once")
        self.assertEqual(self.findings({"gateway/x.h": LICENCE + "#pragma once\n"}), [])

    def test_finds_files_without_a_licence_line(self):
        for name, text, line in [
            ("gateway/x.cpp", "int x;\n", 1),
            ("cmake/X.cmake", "set(X 1)\n", 1),
            ("CMakeLists.txt", "project(X)\n", 1),
            ("tool", "#!/bin/bash\necho\n", 2),
            ("scripts/x.py", "import sys\n", 1),
        ]:
            with self.subTest(name=name):
                self.assertFound(self.findings({name: text}), f"{name}:{line}", "licence")
        self.assertEqual(self.findings({"notes.md": "No licence line here.\n"}), [])

    def test_finds_registry_addresses(self):
        for name, text in [
            ("tests/sdk/package-lock.json", '{\n  "resolved": "https://registry.example/x.tgz"\n}\n'),
            ("tests/sdk/yarn.lock", '\n  resolved "https://registry.example/x.tgz"\n'),
            ("uv.lock", '\nsource = { registry = "https://registry.example/simple" }\n'),
            ("tests/sdk/.npmrc", "fund=false\nregistry=https://registry.example/\n"),
        ]:
            with self.subTest(name=name):
                self.assertFound(self.findings({name: text}), f"{name}:2", "registry")
        funding = '{\n  "funding": { "url": "https://donate.example" },\n  "integrity": "sha512-x"\n}\n'
        self.assertEqual(self.findings({"package-lock.json": funding}), [])


if __name__ == "__main__":
    unittest.main()
