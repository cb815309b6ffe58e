#!/usr/bin/env python3
"""Measures this server beside stock etcd 3.7.1 on one machine, and draws the charts of ../performance.md.

Both servers run the same work in turn, round by round, so that a drift of the machine meets both; medians are taken over
the rounds. Needs only Python, the packaged distribution and the stock tools (.ci/stock-tools).

  measure.py [--rounds 5] [--only start|load|million|watch|tls|cluster|copy] [--out DIR]
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("ETCETERA_CACHE") or
                     os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "etcetera"))
STOCK = CACHE / "stock-3.7.1"
PROGRAMS = {"stock": STOCK / "etcd", "ours": ROOT / "etcd-daemon/target/dist/bin/etcd"}
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
                "cpu_us": cpu / total * 1e6}


MANY = ("--conns", 10, "--clients", 100)
ONE = ("--conns", 1, "--clients", 1)
PUT = ("put", "--key-size", 32, "--sequential-keys", "--key-space-size", 100000, "--val-size", 256)


def load_round(kind, directory):
    """One life of a server under load: cold first, then warm."""
    figures = {}
    server = Server(kind, directory).start()
    try:
        figures["put, cold"] = server.benchmark(60000, *MANY, *PUT)
        for _ in range(2):
            server.benchmark(60000, *MANY, *PUT)
        figures["put"] = server.benchmark(60000, *MANY, *PUT)
        key = "bench-key"
        server.etcdctl("put", key, "x" * 256)
        figures["range, linearizable, cold"] = server.benchmark(60000, *MANY, "range", key, "--consistency=l")
        server.benchmark(60000, *MANY, "range", key, "--consistency=l")
        figures["range, linearizable"] = server.benchmark(60000, *MANY, "range", key, "--consistency=l")
        server.benchmark(60000, *MANY, "range", key, "--consistency=s")
        figures["range, serializable"] = server.benchmark(60000, *MANY, "range", key, "--consistency=s")
        figures["put, one client"] = server.benchmark(3000, *ONE, *PUT)
        figures["range, one client"] = server.benchmark(3000, *ONE, "range", key, "--consistency=l")
        figures["after load"] = {"rss_mb": server.memory_mb("VmRSS"), "anonymous_mb": server.memory_mb("RssAnon")}
    finally:
        server.stop()
    return figures


def start_round(kind, directory):
    """Exec to ready on an empty directory, and the memory of an idle server a little later."""
    server = Server(kind, directory).start()
    try:
        time.sleep(3)
        return {"start, empty": {"ready_s": server.ready_seconds, "rss_mb": server.memory_mb("VmRSS"),
                                 "anonymous_mb": server.memory_mb("RssAnon")}}
    finally:
        server.stop()


def million_round(kind, directory):
    """A million keys of 48 bytes with 1 KiB values: fill, memory, restart."""
    server = Server(kind, directory).start()
    try:
        fill = server.benchmark(1000000, *MANY, "put", "--key-size", 48, "--sequential-keys",
                                "--key-space-size", 1000000, "--val-size", 1024)
        filled = server.memory_mb("RssAnon")
        server.restart()
        time.sleep(1)
        size = sum(f.stat().st_blocks * 512 for f in (directory / "data").rglob("*") if f.is_file()) / 1e6
        return {"a million keys": {"fill_per_second": fill["per_second"], "fill_cpu_us": fill["cpu_us"],
                                   "anonymous_after_fill_mb": filled, "restart_s": server.ready_seconds,
                                   "anonymous_after_restart_mb": server.memory_mb("RssAnon"), "disk_mb": size}}
    finally:
        server.stop()


def watch_round(kind, directory):
    """One life of a server with few and with many watchers; each work once to warm up, then measured."""
    figures = {}
    server = Server(kind, directory).start()
    try:
        for watchers, puts, rate in ((100, 3000, 500), (10000, 60, 10)):
            streams, each = 10, watchers // 10
            works = {
                "watch-latency": (puts * watchers, ("watch-latency", "--streams", streams, "--watchers-per-stream", each,
                                                    "--put-total", puts, "--put-rate", rate), "Watch events summary"),
                "watch": (puts * watchers, ("watch", "--streams", streams, "--watch-per-stream", each, "--put-total", puts),
                          "Watch events received summary"),
                "watch-get": (80000, ("watch-get", "--streams", streams, "--watchers", watchers, "--events", 80000 // watchers),
                              "Get during watch summary")}
            for name, (events, arguments, section) in works.items():
                server.load(events, *arguments, section=section)
                figures[f"{name}, {watchers} watchers"] = server.load(events, *arguments, section=section)
    finally:
        server.stop()
    return figures


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


def cluster_round(kind, directory):
    """Three members: start, then puts and linearizable ranges through the leader and through a follower, most of it warm."""
    cluster = Cluster(kind, directory)
    try:
        figures = {"three members, start": {"ready_s": max(m.ready_seconds for m in cluster.members),
                                            "cpu_s": cluster.members[0].cpu_seconds()}}
        leader, follower = cluster.leader_and_follower()
        leader.etcdctl("put", "bench-key", "x" * 256)
        figures["three members, put through the leader, cold"] = leader.benchmark(20000, *MANY, *PUT)
        leader.benchmark(200000, *MANY, *PUT)
        for name, member in (("leader", leader), ("follower", follower)):
            for work, arguments in (("put", PUT), ("range", ("range", "bench-key", "--consistency=l"))):
                member.benchmark(40000, *MANY, *arguments)
                figures[f"three members, {work} through the {name}"] = member.benchmark(40000, *MANY, *arguments)
                figures[f"three members, {work} through the {name}, one client"] = member.benchmark(1000, *ONE, *arguments)
        return figures
    finally:
        cluster.stop()


def copy_round(kind, directory):
    """Three members with 1 GiB; a fourth joins as a learner, and needs a copy of it while the leader takes writes."""
    flags = ("--snapshot-count=1000", "--snapshot-catchup-entries=500")
    cluster = Cluster(kind, directory, flags=flags)
    try:
        leader, _ = cluster.leader_and_follower()
        leader.benchmark(16384, "--conns", 4, "--clients", 16, "put", "--key-size", 32, "--sequential-keys",
                         "--key-space-size", 16384, "--val-size", 65536)
        writes = ("--conns", 4, "--clients", 16, "put", "--rate", 500, "--key-size", 32, "--val-size", 256)
        alone = leader.benchmark(2500, *writes)
        learner = Server(kind, directory / "learner", (*flags, "--initial-cluster-state=existing"), name="learner")
        leader.etcdctl("member", "add", "learner", "--learner", f"--peer-urls={learner.peer_url}")
        learner.initial_cluster = f"{cluster.members[0].initial_cluster},learner={learner.peer_url}"
        begin, size = time.monotonic(), leader.status()["dbSize"]
        learner.launch()
        load = threading.Thread(target=lambda: copying.update(leader.benchmark(2500, *writes)))
        copying = {}
        load.start()
        cluster.members.append(learner)
        learner.await_ready()
        while learner.status()["header"]["revision"] < 16384:
            time.sleep(0.05)
        took = time.monotonic() - begin
        load.join()
        return {"a copy of 1 GiB for a new member": {
            "took_s": took, "mb_per_second": size / took / 1e6, "put_p99_ms": copying["p99_ms"],
            "put_p99_before_ms": alone["p99_ms"]}}
    finally:
        cluster.stop()


def certificates(directory):
    """A CA, and one certificate for both sides, made with openssl."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "etcd.key", "-out", "etcd.csr", "-subj", "/CN=etcd")
    (directory / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "etcd.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", "etcd.crt",
            "-extfile", "names")


def tls_round(kind, directory):
    """Puts and linearizable ranges with certificates on both sides, warm."""
    certificates(directory)
    ca, certificate, key = (directory / name for name in ("ca.crt", "etcd.crt", "etcd.key"))
    server = Server(kind, directory, scheme="https",
                    flags=(f"--cert-file={certificate}", f"--key-file={key}", f"--trusted-ca-file={ca}", "--client-cert-auth"),
                    client_flags=(f"--cacert={ca}", f"--cert={certificate}", f"--key={key}")).start()
    try:
        figures = {}
        server.etcdctl("put", "bench-key", "x" * 256)
        for work, arguments in (("put", PUT), ("range", ("range", "bench-key", "--consistency=l"))):
            for _ in range(2):
                server.benchmark(60000, *MANY, *arguments)
            figures[f"mTLS, {work}"] = server.benchmark(60000, *MANY, *arguments)
        return figures
    finally:
        server.stop()


PARTS = {"start": start_round, "load": load_round, "million": million_round, "watch": watch_round,
         "tls": tls_round, "cluster": cluster_round, "copy": copy_round}


def measure(part, rounds):
    samples = {"stock": [], "ours": []}
    for number in range(rounds):
        for kind in (("stock", "ours") if number % 2 == 0 else ("ours", "stock")):
            directory = pathlib.Path(tempfile.mkdtemp(prefix=f"measure-{kind}-"))
            try:
                samples[kind].append(PARTS[part](kind, directory))
            finally:
                shutil.rmtree(directory)
            print(f"{part}, round {number + 1}, {kind}: {json.dumps(samples[kind][-1])}", flush=True)
    medians = {}
    for kind, runs in samples.items():
        for work, figures in runs[0].items():
            for figure in figures:
                median = statistics.median(run[work][figure] for run in runs)
                medians.setdefault(work, {}).setdefault(figure, {})[kind] = round(median, 3)
    for figures in medians.values():
        for values in figures.values():
            values["ratio"] = round(values["ours"] / values["stock"], 3) if values["stock"] else None
    return medians


def table(medians):
    lines = ["| work | figure | stock etcd 3.7.1 | this server | ratio |", "|---|---|---|---|---|"]
    for work, figures in medians.items():
        for figure, v in figures.items():
            lines.append(f"| {work} | {figure} | {v['stock']:g} | {v['ours']:g} | {v['ratio']} |")
    return "\n".join(lines) + "\n"


def chart(title, unit, rows, path):
    """A bar chart as SVG: for each row a pair of bars, stock etcd above, this server below."""
    width, left, bar, gap = 720, 200, 16, 16
    top = 44
    height = top + len(rows) * (2 * bar + gap) + 8
    scale = (width - left - 90) / max(max(stock, ours) for _, stock, ours in rows)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
           f'font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>',
           f'<text x="8" y="18" font-size="14" font-weight="bold">{title} ({unit})</text>',
           f'<rect x="{left}" y="26" width="10" height="10" fill="#9aa5b1"/><text x="{left + 14}" y="35">stock etcd 3.7.1</text>'
           f'<rect x="{left + 130}" y="26" width="10" height="10" fill="#1f6feb"/><text x="{left + 144}" y="35">this server</text>']
    y = top
    for name, stock, ours in rows:
        out.append(f'<text x="{left - 8}" y="{y + bar + 4}" text-anchor="end">{name}</text>')
        for value, colour in ((stock, "#9aa5b1"), (ours, "#1f6feb")):
            length = max(1, value * scale)
            out.append(f'<rect x="{left}" y="{y}" width="{length:.0f}" height="{bar - 2}" fill="{colour}"/>'
                       f'<text x="{left + length + 4:.0f}" y="{y + 11}">{value:,.4g}</text>')
            y += bar
        y += gap
    out.append("</svg>")
    path.write_text("\n".join(out) + "\n")


def draw(medians, out):
    def rows(figure, watches):
        return [(work, f[figure]["stock"], f[figure]["ours"]) for work, f in medians.items()
                if figure in f and work.startswith("watch") == watches]

    for figure, title, unit in (("per_second", "Throughput", "requests a second, more is better"),
                                ("cpu_us", "Server CPU", "microseconds a request, less is better"),
                                ("p99_ms", "99th percentile of latency", "ms, less is better")):
        if rows(figure, False):
            chart(title, unit, rows(figure, False), out / f"{figure}.svg")
    if rows("per_second", True):
        chart("Watches", "events or reads a second, more is better", rows("per_second", True), out / "watches.svg")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    results_file = options.out / "results.json"
    medians = json.loads(results_file.read_text()) if results_file.exists() else {}
    for part in options.only or PARTS:
        medians.update(measure(part, options.rounds))
    results_file.write_text(json.dumps(medians, indent=2) + "\n")
    draw(medians, options.out)
    print(table(medians))


if __name__ == "__main__":
    main()
