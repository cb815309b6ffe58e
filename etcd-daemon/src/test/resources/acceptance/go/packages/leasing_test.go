package packages_test

import (
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/leasing"
)

// Two owners of cached keys see one another's writes, and a transaction goes through the cache.
func TestLeasing(t *testing.T) {
	client, ctx := connect(t)
	first, closeFirst, err := leasing.NewKV(client, "leasing/leases/")
	must(t, err)
	defer closeFirst()
	second, closeSecond, err := leasing.NewKV(client, "leasing/leases/")
	must(t, err)
	defer closeSecond()

	_, err = first.Put(ctx, "leasing/key", "1")
	must(t, err)
	expect(t, "first read", value(t, first, ctx, "leasing/key"), "1")
	owned, err := client.Get(ctx, "leasing/leases/", clientv3.WithPrefix())
	must(t, err)
	if owned.Count != 1 || string(owned.Kvs[0].Key) != "leasing/leases/leasing/key" {
		t.Fatalf("keys that are leased: %v", owned.Kvs)
	}
	cached, err := first.Get(ctx, "leasing/key")
	must(t, err)
	expect(t, "cached read", string(cached.Kvs[0].Value), "1")

	_, err = second.Put(ctx, "leasing/key", "2")
	must(t, err)
	expect(t, "read after another's write", value(t, first, ctx, "leasing/key"), "2")

	txn, err := first.Txn(ctx).
		If(clientv3.Compare(clientv3.Value("leasing/key"), "=", "2")).
		Then(clientv3.OpPut("leasing/key", "3"), clientv3.OpGet("leasing/key")).
		Else(clientv3.OpGet("leasing/key")).
		Commit()
	must(t, err)
	if !txn.Succeeded {
		t.Fatalf("the transaction did not succeed: %v", txn)
	}
	expect(t, "read after the transaction", value(t, second, ctx, "leasing/key"), "3")

	deleted, err := second.Delete(ctx, "leasing/key")
	must(t, err)
	if deleted.Deleted != 1 {
		t.Fatalf("deleted %d keys", deleted.Deleted)
	}
	expect(t, "read after the deletion", value(t, first, ctx, "leasing/key"), "")
}
