"""Server processes under measurement, this server's and stock etcd's, and etcd's load tool against them."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("ETCETERA_CACHE") or
                     os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "etcetera"))
STOCK = CACHE / "stock-3.7.1"
PROGRAMS = {"stock": STOCK / "etcd", "ours": ROOT / "etcd-daemon/target/dist/bin/etcd"}
UTL = {"stock": STOCK / "etcdutl", "ours": ROOT / "etcd-daemon/target/dist/bin/etcdutl"}
TICKS = os.sysconf("SC_CLK_TCK")
READY = b"ready to serve client requests"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """One server process on a directory of its own; a cluster of one unless it is told of others."""

    def __init__(self, kind, directory, flags=(), name="default", scheme="http", client_flags=()):
        self.kind, self.directory, self.flags, self.name = kind, directory, flags, name
        self.client, self.peer = free_port(), free_port()
        self.client_url, self.peer_url = f"{scheme}://127.0.0.1:{self.client}", f"http://127.0.0.1:{self.peer}"
        self.client_flags = client_flags
        self.initial_cluster = f"{name}={self.peer_url}"

    def start(self):
        """Starts it and waits until it is ready; ready_seconds says how long that took."""
        self.launch()
        self.await_ready()
        return self

    def launch(self):
        self.directory.mkdir(exist_ok=True)
        self.log = self.directory / "log"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ETCD_") or k == "ETCD_JAVA_OPTS"}
        self.begin = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [PROGRAMS[self.kind], f"--name={self.name}", f"--data-dir={self.directory}/data",
                 f"--listen-client-urls={self.client_url}", f"--advertise-client-urls={self.client_url}",
                 f"--listen-peer-urls={self.peer_url}", f"--initial-advertise-peer-urls={self.peer_url}",
                 f"--initial-cluster={self.initial_cluster}", "--quota-backend-bytes=17179869184", *self.flags],
                stdout=out, stderr=out, env=environment)

    def await_ready(self):
        while READY not in self.log.read_bytes():
            if self.process.poll() is not None or time.monotonic() - self.begin > 120:
                raise SystemExit(f"{self.kind} did not start:\n{self.log.read_text()}")
            time.sleep(0.005)
        self.ready_seconds = time.monotonic() - self.begin

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def restart(self):
        self.stop()
        self.start()

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def etcdctl(self, *arguments):
        return subprocess.run(
            [STOCK / "etcdctl", f"--endpoints={self.client_url}", *self.client_flags, *map(str, arguments)],
            check=True, capture_output=True, text=True).stdout

    def status(self):
        return json.loads(self.etcdctl("endpoint", "status", "-w", "json"))[0]["Status"]

    def memory_mb(self, name):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB", status, re.M).group(1)) / 1024

    def benchmark(self, total, *arguments):
        """Runs etcd's load tool; returns requests a second, p50, p99 and average in ms, server CPU in us a request."""
        return self.load(total, *arguments, f"--total={total}")

    def load(self, total, *arguments, section=""):
        """The same for a work that counts otherwise; figures are those of the last summary behind "section"."""
        before = self.cpu_seconds()
        run = subprocess.run(
            [STOCK / "benchmark", f"--endpoints=127.0.0.1:{self.client}", *self.client_flags, *map(str, arguments)],
            capture_output=True, text=True, check=True)
        cpu = self.cpu_seconds() - before
        text = (run.stdout + run.stderr).rsplit(section, 1)[-1] if section else run.stdout + run.stderr

        def figure(pattern, scale=1.0):
            match = re.search(pattern, text)
            if not match and "% in" in pattern:
                return 0.0  # the tool leaves out percentiles that it rounds to nothing
            if not match:
                raise SystemExit(f"no {pattern} in:\n{text}")
            return float(match.group(1)) * scale

        return {"per_second": figure(r"Requests/sec:\s+([\d.]+)"), "p50_ms": figure(r"50% in ([\d.e+-]+) secs", 1e3),
                "p99_ms": figure(r"99% in ([\d.e+-]+) secs", 1e3), "average_ms": figure(r"Average:\s+([\d.]+) secs", 1e3),
                "slowest_ms": figure(r"Slowest:\s+([\d.]+) secs", 1e3),
                "cpu_us": cpu / total * 1e6}


class Cluster:
    """Several members; figures of their CPU are those of all of them."""

    def __init__(self, kind, directory, size=3, flags=()):
        self.members = [Server(kind, directory / f"m{i}", flags, name=f"m{i}") for i in range(size)]
        for member in self.members:
            member.initial_cluster = ",".join(f"{m.name}={m.peer_url}" for m in self.members)
            member.cpu_seconds = lambda: sum(Server.cpu_seconds(m) for m in self.members)
        for member in self.members:
            member.launch()
        for member in self.members:
            member.await_ready()

    def leader_and_follower(self):
        statuses = [member.status() for member in self.members]
        leads = [s["header"]["member_id"] == s["leader"] for s in statuses]
        return self.members[leads.index(True)], self.members[leads.index(False)]

    def stop(self):
        for member in self.members:
            member.process.send_signal(signal.SIGTERM)
        for member in self.members:
            member.process.wait(30)


MANY = ("--conns", 10, "--clients", 100)
ONE = ("--conns", 1, "--clients", 1)
STEADY_RATE = 500
STEADY = ("--conns", 4, "--clients", 16, "put", "--rate", STEADY_RATE, "--key-size", 32, "--val-size", 256)
PUT = ("put", "--key-size", 32, "--sequential-keys", "--key-space-size", 100000, "--val-size", 256)


def certificates(directory):
    """A CA, and one certificate for both sides, made with openssl."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "etcd.key", "-out", "etcd.csr", "-subj", "/CN=etcd")
    (directory / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "etcd.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", "etcd.crt",
            "-extfile", "names")


class TlsServer(Server):
    """One server that asks clients for certificates, and what its clients need."""

    def __init__(self, kind, directory):
        certificates(directory)
        self.ca, self.certificate, self.key = (directory / name for name in ("ca.crt", "etcd.crt", "etcd.key"))
        super().__init__(
            kind, directory, scheme="https",
            flags=(f"--cert-file={self.certificate}", f"--key-file={self.key}", f"--trusted-ca-file={self.ca}",
                   "--client-cert-auth"),
            client_flags=(f"--cacert={self.ca}", f"--cert={self.certificate}", f"--key={self.key}"))
