"""Ordinary use of the etcd3 client; prints "all good" if every answer is right."""
import sys
import threading
import time

import etcd3

client = etcd3.client(host="127.0.0.1", port=int(sys.argv[1]), timeout=60)

# put and get
client.put("/app/config", '{"timeout": 30}')
value, metadata = client.get("/app/config")
assert value == b'{"timeout": 30}', value
assert metadata.key == b"/app/config" and metadata.version == 1, metadata
assert client.get("/app/none") == (None, None)
assert [v for v, _ in client.get_prefix("/app/")] == [b'{"timeout": 30}']

# watch a prefix
events_iterator, cancel = client.watch_prefix("/app/")
threading.Timer(0.5, lambda: [client.put("/app/x", str(i)) for i in range(3)]).start()
seen = []
for event in events_iterator:
    seen.append((event.key, event.value))
    if len(seen) == 3:
        cancel()
        break
assert seen == [(b"/app/x", b"0"), (b"/app/x", b"1"), (b"/app/x", b"2")], seen

# leases
lease = client.lease(60)
client.put("/lock/resource", "owner", lease=lease)
assert lease.keys == [b"/lock/resource"], lease.keys
assert 55 < lease.remaining_ttl <= 60, lease.remaining_ttl
assert lease.refresh()[0].TTL == 60
lease.revoke()
assert client.get("/lock/resource") == (None, None)

brief = client.lease(5)
client.put("/brief", "x", lease=brief)
deadline = time.time() + 60
while client.get("/brief")[0] is not None:
    assert time.time() < deadline, "the lease did not expire"
    time.sleep(0.2)

# transactions
status, responses = client.transaction(
    compare=[client.transactions.version("/lock") == 0],
    success=[client.transactions.put("/lock", "owner")],
    failure=[client.transactions.get("/lock")],
)
assert status, responses
status, responses = client.transaction(
    compare=[client.transactions.value("/lock") == b""],
    success=[client.transactions.put("/lock", "thief")],
    failure=[client.transactions.get("/lock")],
)
assert not status and responses[0][0][0] == b"owner", responses
assert client.replace("/lock", "owner", "next") and not client.replace("/lock", "owner", "late")
assert client.delete("/lock") and not client.delete("/lock")

# history and compaction
revision = client.get("/app/x")[1].mod_revision
client.compact(revision)
assert client.status().version == "3.7.1"
assert len(list(client.members)) == 1
print("all good")
