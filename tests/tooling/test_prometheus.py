# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus takes our metrics, alert rules and dashboard. LUNARGATE_PROGRAM names the built program."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parent.parent.parent
RULES = PROJECT / "resources" / "prometheus" / "alerts.yml"
STORIES = Path(__file__).resolve().parent / "alerts_test.yml"
DASHBOARD = json.loads((PROJECT / "resources" / "grafana" / "lunargate.json").read_text(encoding="utf-8"))
PATIENCE_SECONDS = 30

GATEWAY = """
server: {host: 127.0.0.1, port: 0, workers: 1}
providers: {sim: {type: simulator, default_model: simulator-1}}
routing: {routes: [{name: default, targets: [{provider: sim}]}]}
history: {capture: none}
"""
PROMETHEUS = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
scrape_configs: [{{job_name: lunargate, static_configs: [{{targets: ["{target}"]}}]}}]
rule_files: ["{rules}"]
"""


class Server:
    """A program that says on standard error where it listens. Ends with this."""

    def __init__(self, arguments, listens, folder):
        self.log = ""
        environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
        self.process = subprocess.Popen(
            arguments, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment
        )
        found = threading.Event()
        self.address = ""

        def read():
            for line in self.process.stderr:
                self.log += line
                if match := re.search(listens, line):
                    self.address = match[1]
                    found.set()
            found.set()

        self.reader = threading.Thread(target=read)
        self.reader.start()
        found.wait(PATIENCE_SECONDS)
        if not self.address:
            self.stop()
            raise AssertionError(f"{arguments[0]} does not listen:\n{self.log}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        self.process.stderr.close()

    def get(self, path, body=None):
        request = urllib.request.Request(f"http://{self.address}{path}", body, {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.read().decode()


def promtool(*arguments, **options):
    return subprocess.run(
        ["promtool", *arguments], capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS, **options
    )


def documented_metrics():
    """The table of docs/observability.md, which tst_metric_table holds against what the program tells."""
    text = (PROJECT / "docs" / "observability.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `(\w+)` \| (counter|gauge|histogram) \|", text, re.MULTILINE))


def rules():
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard_queries():
    """By the title of the panel, with Grafana's variables replaced."""
    queries = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
    queries += [
        (variable["name"], re.sub(r"label_values\((.*), \w+\)", r"\1", variable["query"]["query"]))
        for variable in DASHBOARD["templating"]["list"]
        if variable["type"] == "query"
    ]
    return [
        (title, query.replace("$__rate_interval", "1m").replace("$instance", ".*").replace("$provider", ".*"))
        for title, query in queries
    ]


def unknown_names(query):
    """What looks like a metric, or like a series of a histogram, and is none of ours."""
    metrics = documented_metrics()
    known = {name for name, kind in metrics.items() if kind != "histogram"}
    for name, kind in metrics.items():
        if kind == "histogram":
            known |= {f"{name}_bucket", f"{name}_sum", f"{name}_count"}
    without_texts = re.sub(r'"[^"]*"', "", query)
    return [name for name in re.findall(r"\b[a-z]\w*_\w+\b", without_texts) if name not in known | PROMQL | LABELS]


PROMQL = {"histogram_quantile", "max_over_time"}
LABELS = {"status_code", "error_type"}


class NamesTest(unittest.TestCase):
    def test_rules_ask_for_metrics_that_exist(self):
        for rule in rules():
            with self.subTest(alert=rule["alert"]):
                self.assertEqual(unknown_names(rule["expr"]), [])

    def test_the_dashboard_asks_for_metrics_that_exist(self):
        for title, query in dashboard_queries():
            with self.subTest(panel=title):
                self.assertEqual(unknown_names(query), [])

    def test_a_wrong_name_is_found(self):
        self.assertEqual(unknown_names("rate(ai_router_request_total[1m])"), ["ai_router_request_total"])
        self.assertEqual(unknown_names("lunargate_gateway_own_seconds"), ["lunargate_gateway_own_seconds"])

    def test_the_dashboard_shows_nearly_every_metric(self):
        everything = "\n".join(query for _, query in dashboard_queries())
        missing = [name for name in documented_metrics() if name not in everything]
        self.assertEqual(
            sorted(missing),
            [
                "lunargate_config_last_reload_success_timestamp_seconds",
                "lunargate_history_bytes",
                "lunargate_history_stored",
                "process_threads",
                "process_virtual_memory_bytes",
            ],
        )

    def test_panels_have_ids_of_their_own_and_do_not_overlap(self):
        panels = DASHBOARD["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            cells = {
                (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
            }
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells


class PromtoolTest(unittest.TestCase):
    def test_rules_are_valid(self):
        ran = promtool("check", "rules", "--lint-fatal", str(RULES))
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_rules_fire_when_they_should(self):
        with tempfile.TemporaryDirectory() as folder:
            for file in (RULES, STORIES):
                shutil.copy(file, folder)
            ran = promtool("test", "rules", STORIES.name, cwd=folder)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)


class ScrapeTest(unittest.TestCase):
    """A gateway that has answered something, and a Prometheus that asks it."""

    @classmethod
    def setUpClass(cls):
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        config = folder / "config.yaml"
        config.write_text(GATEWAY, encoding="utf-8")
        program = [os.environ["LUNARGATE_PROGRAM"], "--no-gui", "--config", str(config)]
        cls.gateway = Server(program, r"listening.*http://([\d.]+:\d+)", folder)
        cls.addClassCleanup(cls.gateway.stop)
        for stream in ("false", "true"):
            chat = '{"model":"simulator-1","messages":[{"role":"user","content":"Hi"}],"stream":%s}' % stream
            cls.gateway.get("/v1/chat/completions", chat.encode())
        settings = folder / "prometheus.yml"
        settings.write_text(PROMETHEUS.format(target=cls.gateway.address, rules=RULES), encoding="utf-8")
        program = ["prometheus", f"--config.file={settings}", f"--storage.tsdb.path={folder}/data"]
        listens = r'msg="Listening on" address=([\d.]+:\d+)'
        cls.prometheus = Server([*program, "--web.listen-address=127.0.0.1:0"], listens, folder)
        cls.addClassCleanup(cls.prometheus.stop)

    def query(self, expression):
        answer = json.loads(self.prometheus.get("/api/v1/query?" + urllib.parse.urlencode({"query": expression})))
        self.assertEqual(answer["status"], "success", expression)
        return answer["data"]["result"]

    def wait_for(self, expression):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                if result := self.query(expression):
                    return result
            except urllib.error.HTTPError as error:
                self.assertEqual(error.code, 503)  # it listens before it is ready
            time.sleep(0.1)
        self.fail(f"Prometheus has no {expression}\n{self.prometheus.log}")

    def test_promtool_has_nothing_to_say_about_the_page(self):
        ran = promtool("check", "metrics", input=self.gateway.get("/metrics"))
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))

    def test_the_page_holds_documented_metrics_only(self):
        names = set(re.findall(r"^# TYPE (\w+)", self.gateway.get("/metrics"), re.MULTILINE))
        self.assertGreater(len(names), 30)
        self.assertEqual(names - documented_metrics().keys(), set())

    def test_prometheus_takes_everything(self):
        requests = self.wait_for('ai_router_requests_total{provider="sim", status_code="200"}')
        self.assertEqual([sample["value"][1] for sample in requests], ["2"])
        self.assertEqual(self.query("up")[0]["value"][1], "1")
        page = self.gateway.get("/metrics")
        kept = int(self.query('count({job="lunargate", __name__!~"up|scrape_.*"})')[0]["value"][1])
        self.assertGreaterEqual(kept, len(re.findall("^[a-z]", page, re.MULTILINE)))

    def test_prometheus_runs_every_rule(self):
        self.wait_for("up == 1")
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            groups = json.loads(self.prometheus.get("/api/v1/rules"))["data"]["groups"]
            loaded = [rule for group in groups for rule in group["rules"]]
            if time.monotonic() > end or all(rule["health"] != "unknown" for rule in loaded):
                break
            time.sleep(0.1)
        self.assertEqual({rule["name"] for rule in loaded}, {rule["alert"] for rule in rules()})
        self.assertEqual([rule["name"] for rule in loaded if rule["health"] != "ok"], [])

    def test_prometheus_understands_every_panel(self):
        self.wait_for("lunargate_build_info")
        for title, query in dashboard_queries():
            with self.subTest(panel=title):
                self.query(query)


if __name__ == "__main__":
    unittest.main()
