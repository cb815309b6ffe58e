"""What operators do to a member with 1 GiB of data while clients write: snapshot, defragmentation, restore."""
import os
import subprocess
import tempfile
import threading
import time

from servers import STEADY, STEADY_RATE, UTL, Server

KEYS, VALUE_BYTES = 262144, 4096


def maintenance_round(kind, directory):
    """
    Each operation once alone, for its time, and once among puts that last just as long, for theirs. Snapshots twice among puts:
    to the disk of the server, which the puts' syncs have to share with etcdctl's, and to memory, as if etcdctl were elsewhere.
    """
    server = Server(kind, directory).start()
    try:
        server.benchmark(KEYS, "--conns", 10, "--clients", 100, "put", "--key-size", 32, "--sequential-keys",
                         "--key-space-size", KEYS, "--val-size", VALUE_BYTES)
        server.benchmark(STEADY_RATE * 5, *STEADY)
        store = server.status()
        figures = {"a store of 1 GiB": {"db_mb": store["dbSize"] / 1e6, "in_use_mb": store["dbSizeInUse"] / 1e6},
                   "puts alone": latencies(server.benchmark(STEADY_RATE * 5, *STEADY))}
        snapshot = directory / "snapshot.db"
        save = ("snapshot", "save", snapshot)
        seconds = timed(lambda: server.etcdctl(*save))
        figures["snapshot of 1 GiB"] = {"took_s": seconds, "mb_per_second": os.path.getsize(snapshot) / seconds / 1e6,
                                        **among_puts(server, save, seconds)}
        with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
            figures["snapshot of 1 GiB to memory"] = among_puts(server, ("snapshot", "save", f"{memory}/snapshot.db"), seconds)
        defragment = ("--command-timeout=120s", "defrag")
        seconds = timed(lambda: server.etcdctl(*defragment))
        figures["defragmentation of 1 GiB"] = {"took_s": seconds, **among_puts(server, defragment, seconds)}
        figures["restore of 1 GiB"] = {"took_s": timed(lambda: restore(kind, snapshot, directory / "restored"))}
        return figures
    finally:
        server.stop()


def latencies(figures):
    return {"put_p99_ms": figures["p99_ms"], "put_slowest_ms": figures["slowest_ms"]}


def timed(action):
    begin = time.monotonic()
    action()
    return time.monotonic() - begin


def among_puts(server, operation, seconds):
    """Latencies of puts that begin with the operation and outlast it: what etcdctl has written is synced in its last moment."""
    seen = {}
    puts = int(STEADY_RATE * (1.5 * seconds + 3))
    load = threading.Thread(target=lambda: seen.update(server.benchmark(puts, *STEADY)))
    load.start()
    server.etcdctl(*operation)
    load.join()
    return latencies(seen)


def restore(kind, snapshot, target):
    subprocess.run([UTL[kind], "snapshot", "restore", snapshot, f"--data-dir={target}"], check=True, capture_output=True)
