"""Rounds of requests: each takes the kind of server and an empty directory, and returns figures by work and name."""
import statistics
import threading
import time
import urllib.request

from servers import MANY, ONE, PUT, STEADY, Cluster, Server, TlsServer


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
    """Exec to ready on an empty directory, the memory of an idle server a little later, and what a scrape takes."""
    server = Server(kind, directory).start()
    try:
        time.sleep(3)
        figures = {"ready_s": server.ready_seconds, "rss_mb": server.memory_mb("VmRSS"),
                   "anonymous_mb": server.memory_mb("RssAnon")}
        times = []
        for _ in range(100):
            begin = time.monotonic()
            with urllib.request.urlopen(f"{server.client_url}/metrics") as answer:
                answer.read()
            times.append((time.monotonic() - begin) * 1e3)
        return {"start, empty": figures, "/metrics": {"first_ms": times[0], "median_ms": statistics.median(times)}}
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
        alone = leader.benchmark(2500, *STEADY)
        learner = Server(kind, directory / "learner", (*flags, "--initial-cluster-state=existing"), name="learner")
        leader.etcdctl("member", "add", "learner", "--learner", f"--peer-urls={learner.peer_url}")
        learner.initial_cluster = f"{cluster.members[0].initial_cluster},learner={learner.peer_url}"
        begin, size = time.monotonic(), leader.status()["dbSize"]
        learner.launch()
        load = threading.Thread(target=lambda: copying.update(leader.benchmark(2500, *STEADY)))
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


def tls_round(kind, directory):
    """Puts and linearizable ranges with certificates on both sides, warm."""
    server = TlsServer(kind, directory).start()
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
