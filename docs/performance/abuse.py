"""What a server withstands: handshakes, logins, wrong passwords, connections that do nothing."""
import concurrent.futures
import http.client
import json
import re
import socket
import ssl
import subprocess
import threading
import time

from servers import STEADY, STEADY_RATE, Server, TlsServer

SECONDS = 5
IDLE_CONNECTIONS = 10000


def abuse_round(kind, directory):
    """TLS first, on a server of its own; then passwords without it, for the load tool is to do little else."""
    return {**tls(kind, directory / "tls"), **passwords(kind, directory / "passwords")}


def tls(kind, directory):
    directory.mkdir()
    server = TlsServer(kind, directory).start()
    try:
        handshakes(server)
        before = server.cpu_seconds()
        count = handshakes(server)
        cpu = server.cpu_seconds() - before
        context = ssl.create_default_context(cafile=server.ca)
        context.load_cert_chain(server.certificate, server.key)
        context.set_alpn_protocols(["h2"])
        anonymous = server.memory_mb("RssAnon")
        connections = idle_connections(server, context)
        time.sleep(2)
        held = server.memory_mb("RssAnon") - anonymous
        for connection in connections:
            connection.close()
        return {"handshakes, mutual TLS 1.3, RSA 2048": {"per_second": count / SECONDS, "cpu_us": cpu / count * 1e6},
                f"{IDLE_CONNECTIONS} idle TLS connections": {"held_mb": held}}
    finally:
        server.stop()


def handshakes(server):
    """Full handshakes by two clients of openssl's in a while."""
    clients = [subprocess.Popen(["openssl", "s_time", "-connect", f"127.0.0.1:{server.client}", "-new", "-time", str(SECONDS),
                                 "-cert", server.certificate, "-key", server.key], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
               for _ in range(2)]
    outputs = [client.communicate()[0] for client in clients]
    return sum(int(re.search(r"(\d+) connections in \d+ real", output).group(1)) for output in outputs)


def idle_connections(server, context):
    def connect(_):
        return context.wrap_socket(socket.create_connection(("127.0.0.1", server.client)), server_hostname="127.0.0.1")

    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        return list(threads.map(connect, range(IDLE_CONNECTIONS)))


def passwords(kind, directory):
    directory.mkdir()
    server = Server(kind, directory).start()
    try:
        server.etcdctl("user", "add", "root:secret")
        server.etcdctl("user", "grant-role", "root", "root")
        server.etcdctl("auth", "enable")
        attempts(server, "secret", 2, 2)
        logins = attempts(server, "secret", 4, SECONDS)
        load = ("--user", "root:secret", *STEADY)
        for _ in range(3):
            alone = server.benchmark(STEADY_RATE * SECONDS, *load)
        flood = threading.Thread(target=lambda: attempts(server, "wrong", 32, SECONDS + 2))
        flood.start()
        time.sleep(0.5)
        flooded = server.benchmark(STEADY_RATE * SECONDS, *load)
        flood.join()
        return {"logins": {"per_second": logins / SECONDS},
                "puts": {"p50_ms": alone["p50_ms"], "p99_ms": alone["p99_ms"]},
                "puts beside a flood of wrong passwords": {"p50_ms": flooded["p50_ms"], "p99_ms": flooded["p99_ms"]}}
    finally:
        server.stop()


def attempts(server, password, clients, seconds):
    """How many logins were answered, in whichever way, to clients that try again at once."""
    end = time.monotonic() + seconds

    def attempt(_):
        connection, count = http.client.HTTPConnection("127.0.0.1", server.client), 0
        while time.monotonic() < end:
            connection.request("POST", "/v3/auth/authenticate", json.dumps({"name": "root", "password": password}))
            connection.getresponse().read()
            count += 1
        return count

    with concurrent.futures.ThreadPoolExecutor(clients) as threads:
        return sum(threads.map(attempt, range(clients)))
