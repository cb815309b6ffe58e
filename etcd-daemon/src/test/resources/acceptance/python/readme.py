"""Runs the usage that the README of the etcd3 client shows, as it stands there, against localhost:2379."""
import importlib.metadata
import re
import textwrap
import threading

import etcd3

readme = importlib.metadata.metadata("etcd3").get_payload()
block = re.search(r"^\.\. code-block:: python\n\n((?: {4}.*\n|\n)+)", readme, re.MULTILINE).group(1)
usage = textwrap.dedent(block)
# One statement there has only a comment for a body, which is no Python.
usage, repaired = re.subn(r"^(with .*:\n)( +)(# .*\n)", r"\1\2\3\2pass\n", usage, flags=re.MULTILINE)
assert repaired == 1, usage

done = threading.Event()


def feed():
    """Writes what the README watches and expects others to write."""
    client = etcd3.client()
    number = 0
    while not done.wait(0.02):
        client.put("/doot/watch", str(number))
        client.put(f"/doot/watch/prefix/{number}", "x")
        number += 1


feeder = threading.Thread(target=feed)
feeder.start()
try:
    names = {}
    exec(compile(usage, "README", "exec"), names)
finally:
    done.set()
    feeder.join()
assert names["watch_count"] == 11, names["watch_count"]
assert etcd3.client().get("/doot/testing")[0] == b"failure"
print("all good")
