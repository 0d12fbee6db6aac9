# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scenario drives: the upstream itself, nginx in front of it, gateways in front of it."""
import dataclasses
import json
import os
import shutil

from runner.processes import Failure, Server, accepts, answers_health, free_port

# A bare proxy: nothing buffered to disk, nothing logged, connections kept. The limits are high enough never to act.
NGINX_CONFIG = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_body_buffer_size 1m;
    client_max_body_size 10m;
    keepalive_requests 100000000;
    upstream bench {{
        server 127.0.0.1:{upstream};
        keepalive 512;
        keepalive_requests 100000000;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://bench;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
"""

GATEWAY_CONFIG = """
server:
  host: 127.0.0.1
  port: {port}
  max_connections: 20000
  idle_timeout: 10m
providers:
  bench:
    type: {type}
    base_url: http://127.0.0.1:{upstream}{path}
    api_key: bench
routing:
  routes:
    - name: bench
      targets:
        - provider: bench
          model: bench-model
          upstream_request_type: {request_type}
logging:
  level: warn
{policy}
"""

# Everything that decides about a request, with limits that no run reaches. Circuits are always watched.
POLICY = """
security:
  api_key:
    keys:
      - {name: load, value: bench}
      - {name: other, value: other}
rate_limiting:
  enabled: true
  requests_per_minute: 100000000
  burst_size: 100000000
  tokens_per_minute: 2000000000
  max_concurrent: 10000
  global: {requests_per_minute: 100000000, burst_size: 100000000}
caching:
  enabled: true
model_selection:
  enabled: true
  override_user_model: true
  skills:
    - {name: sql, regex_any: ["(?i)\\bselect\\b.+\\bfrom\\b"]}
circuit_breaker:
  enabled: true
"""


# One call to the provider, and all other answers from memory.
CACHED = """
caching:
  enabled: true
  single_flight: true
"""


@dataclasses.dataclass(frozen=True)
class Gateway:
    """How a gateway's only provider is configured."""
    type: str
    path: str  # of its base_url
    policy: str = ""
    request_type: str = "chat_completions"
    workers: int = None  # those of the run, 0: one per core

    @property
    def protocol(self):
        return self.request_type if self.request_type == "responses" else self.type


# By the target's name: those that pass OpenAI's protocol through (as configured without a word more, over libcurl
# although the upstream is at a plain address, with nothing that decides, with everything), one that answers from its cache and one that is asked for its health only, those that
# translate, and those with so many workers.
GATEWAYS = {
    "gateway": Gateway("openai", "/v1"),
    "curl": Gateway("openai", "/v1", "upstream: {transport: curl}"),
    "bare": Gateway("openai", "/v1", "circuit_breaker: {enabled: false}"),
    "policy": Gateway("openai", "/v1", POLICY),
    "cached": Gateway("openai", "/v1", CACHED),
    "health": Gateway("openai", "/v1", CACHED),
    "anthropic": Gateway("anthropic", ""),
    "gemini": Gateway("gemini", "/v1beta"),
    "responses": Gateway("openai", "/v1", request_type="responses"),
    "ollama": Gateway("ollama", ""),
    "all-workers": Gateway("openai", "/v1", workers=0),
    "one-worker": Gateway("openai", "/v1", workers=1),
    "two-workers": Gateway("openai", "/v1", workers=2),
}
NAMES = ("direct", "nginx", *GATEWAYS)


def protocol_of(name, clients):
    """What the target speaks to the upstream, where its clients speak that protocol."""
    return GATEWAYS[name].protocol if name in GATEWAYS else clients


def calls_of(name, answers):
    """How often the target asks the upstream for that many answers."""
    return {"cached": min(answers, 1), "health": 0}.get(name, answers)


class Target:
    def __init__(self, name, port, server):
        self.name = name
        self.port = port
        self.server = server


def start_upstream(programs, folder, chunks, delay_ms):
    """Its streams have so many chunks, so far apart."""
    server = Server([programs.upstream, "--fault", programs.fault, "--chunks", chunks, "--delay-ms", delay_ms],
                    folder / "upstream.log")
    try:
        server.wait_until(lambda: server.output().endswith("\n"))
    except BaseException:
        server.stop()
        raise
    return Target("direct", int(server.output().split()[1]), server)


def upstream_counts(target):
    """What the upstream saw, once it was stopped."""
    return json.loads(target.server.output().splitlines()[-1])


def start_nginx(programs, folder, upstream):
    port = free_port()
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(NGINX_CONFIG.format(user=user, folder=folder, upstream=upstream.port, port=port))
    server = Server([programs.nginx, "-p", folder, "-c", config, "-e", "stderr"], folder / "nginx.log")
    return _started(Target("nginx", port, server), lambda: accepts(port))


def gateway_command(programs, folder, upstream_port, name="gateway"):
    """The command that starts the gateway of that name, its environment and its port."""
    port = free_port()
    config = folder / f"{name}.yaml"
    config.write_text(GATEWAY_CONFIG.format(port=port, upstream=upstream_port, **dataclasses.asdict(GATEWAYS[name])))
    home = folder / f"{name}-home"
    home.mkdir(exist_ok=True)
    workers = programs.workers if GATEWAYS[name].workers is None else GATEWAYS[name].workers
    command = [programs.gateway, "--no-gui", "--config", config, "--port", port]
    command += ["--workers", workers] if workers else []
    # Nothing of the user's own settings, history or keys.
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "LC_ALL": "C.UTF-8"}
    return command, environment, port


def start_gateway(programs, folder, upstream, name):
    command, environment, port = gateway_command(programs, folder, upstream.port, name)
    server = Server(command, folder / f"{name}.log", environment)
    return _started(Target(name, port, server), lambda: accepts(port) and answers_health(port))


def start(name, programs, folder, upstream):
    """The target of that name in front of the upstream."""
    return start_nginx(programs, folder, upstream) if name == "nginx" else start_gateway(programs, folder, upstream, name)


def _started(target, is_ready):
    try:
        target.server.wait_until(is_ready)
    except BaseException:
        target.server.stop()
        raise
    return target


class Programs:
    """Where the programs are; says which one is missing."""

    def __init__(self, build, workers, targets, fault):
        self.workers = workers
        self.fault = fault
        self.upstream = build / "bench" / "bench_upstream"
        self.load = build / "bench" / "bench_load"
        self.gateway = build / "lunargate"
        self.nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
        needed = [self.upstream, self.load] + ([self.gateway] if any(name in GATEWAYS for name in targets) else [])
        for program in needed:
            if not program.exists():
                raise Failure(f"{program} is missing: build it first (cmake --preset release, cmake --build --preset release)")
        if "nginx" in targets and not self.nginx:
            raise Failure("nginx is missing: install it (Debian: nginx-light), or leave it out with --targets direct,gateway")
