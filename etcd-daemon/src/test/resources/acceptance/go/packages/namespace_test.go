package packages_test

import (
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/namespace"
)

// Keys, transactions, watches and leases of a client that lives below a prefix.
func TestNamespace(t *testing.T) {
	client, ctx := connect(t)
	kv := namespace.NewKV(client.KV, "namespace/")
	watcher := namespace.NewWatcher(client.Watcher, "namespace/")
	lease := namespace.NewLease(client.Lease, "namespace/")

	put, err := kv.Put(ctx, "a", "1")
	must(t, err)
	expect(t, "read inside", value(t, kv, ctx, "a"), "1")
	expect(t, "read outside", value(t, client.KV, ctx, "namespace/a"), "1")
	_, err = client.Put(ctx, "namespace/a", "2")
	must(t, err)
	expect(t, "read of an outside write", value(t, kv, ctx, "a"), "2")
	_, err = client.Put(ctx, "namespacf", "beyond the prefix")
	must(t, err)

	txn, err := kv.Txn(ctx).
		If(clientv3.Compare(clientv3.Value("a"), "=", "2")).
		Then(clientv3.OpPut("b", "3"), clientv3.OpGet("", clientv3.WithFromKey())).
		Commit()
	must(t, err)
	if !txn.Succeeded || len(txn.Responses) != 2 || txn.Responses[1].GetResponseRange().Count != 2 {
		t.Fatalf("transaction: %v", txn)
	}

	watch := watcher.Watch(ctx, "", clientv3.WithPrefix(), clientv3.WithRev(put.Header.Revision))
	events := 0
	for response := range watch {
		must(t, response.Err())
		for _, event := range response.Events {
			expect(t, "watched key", string(event.Kv.Key), []string{"a", "a", "b"}[events])
			events++
		}
		if events == 3 {
			break
		}
	}

	granted, err := lease.Grant(ctx, 60)
	must(t, err)
	_, err = kv.Put(ctx, "leased", "x", clientv3.WithLease(granted.ID))
	must(t, err)
	left, err := lease.TimeToLive(ctx, granted.ID, clientv3.WithAttachedKeys())
	must(t, err)
	if len(left.Keys) != 1 {
		t.Fatalf("attached keys: %q", left.Keys)
	}
	expect(t, "attached key", string(left.Keys[0]), "leased")
	_, err = lease.Revoke(ctx, granted.ID)
	must(t, err)
	expect(t, "read after the lease", value(t, kv, ctx, "leased"), "")
}
