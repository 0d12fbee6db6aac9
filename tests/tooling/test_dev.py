#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev hands commands over unchanged: status, signals, arguments, folders, input. Run it outside of any root, as .ci/run does."""
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest

DEV = str(pathlib.Path(__file__).resolve().parents[2] / "dev")
# Prints a line when its traps are set, then waits for a signal.
WAITS = 'trap "echo stopped; exit 42" TERM; trap "exit 43" INT; trap "exit 44" HUP; echo ready $$; while :; do sleep 0.1; done'


def shell(*command, **options):
    return subprocess.run([DEV, "shell", *command], capture_output=True, text=True, check=False, **options)


# Whoever started the tests may ignore these (nohup, a shell's background job), and a shell cannot trap what it began to
# ignore.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)


class Dev(unittest.TestCase):
    def test_returns_the_exit_status(self):
        self.assertEqual(shell("bash", "-c", "exit 7").returncode, 7)

    def test_passes_signals_on_and_stays_the_same_process(self):
        for number, status in [(signal.SIGTERM, 42), (signal.SIGINT, 43), (signal.SIGHUP, 44)]:
            with self.subTest(signal=number.name):
                process = subprocess.Popen([DEV, "shell", "bash", "-c", WAITS], stdout=subprocess.PIPE, text=True)
                self.assertEqual(process.stdout.readline().split(), ["ready", str(process.pid)])
                process.send_signal(number)
                output, _ = process.communicate(timeout=20)
                self.assertEqual(process.returncode, status)
                self.assertEqual(output, "stopped\n" if number == signal.SIGTERM else "")

    def test_a_killed_command_looks_killed(self):
        process = subprocess.Popen([DEV, "shell", "bash", "-c", WAITS], stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        process.kill()
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, -signal.SIGKILL)

    def test_passes_arguments_and_input_unchanged(self):
        arguments = ["a b", "", "*", "$HOME", "--preset", "ü", "line\nbreak"]
        ran = shell("bash", "-c", 'cat; printf "[%s]" "$@"', "x", *arguments, input="from stdin;")
        self.assertEqual(ran.stdout, "from stdin;" + "".join(f"[{argument}]" for argument in arguments))

    def test_leaves_no_descriptors_behind(self):
        inherited = len(os.listdir("/proc/self/fd"))
        ran = shell("bash", "-c", "ls /proc/self/fd | wc -l", close_fds=True)
        self.assertLessEqual(int(ran.stdout), inherited, ran.stderr)

    def test_sees_the_same_files(self):
        for folder in ["/tmp", "/var/tmp", str(pathlib.Path.home())]:
            with self.subTest(folder=folder), tempfile.TemporaryDirectory(dir=folder) as name:
                pathlib.Path(name, "config.yaml").write_text("here", encoding="utf-8")
                ran = shell("bash", "-c", "pwd; cat config.yaml; echo there > answer", cwd=name)
                self.assertEqual(ran.stdout, f"{name}\nhere", ran.stderr)
                self.assertEqual(pathlib.Path(name, "answer").read_text(encoding="utf-8"), "there\n")

    def test_reaches_localhost(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            ran = shell("bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}")
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_has_the_compiler_and_qt(self):
        ran = shell("bash", "-c", "c++ -dumpversion; pkg-config --modversion Qt6Core")
        compiler, qt = ran.stdout.split()
        self.assertGreaterEqual(int(compiler.split(".")[0]), 14)
        self.assertGreaterEqual([int(part) for part in qt.split(".")], [6, 8])

    def test_names_the_command_that_it_does_not_know(self):
        ran = subprocess.run([DEV, "fly"], capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, 1)
        self.assertIn("no command 'fly'", ran.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
