package packages_test

import (
	"fmt"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/ordering"
)

// The wrapper refuses an answer that is older than an earlier one; from one member there must be none.
func TestOrdering(t *testing.T) {
	client, ctx := connect(t)
	kv := ordering.NewKV(client.KV, func(_ clientv3.Op, _ clientv3.OpResponse, earlier int64) error {
		return fmt.Errorf("an answer older than revision %d", earlier)
	})
	for i := range 50 {
		_, err := client.Put(ctx, "ordering/key", fmt.Sprint(i))
		must(t, err)
		expect(t, "linearizable read", value(t, kv, ctx, "ordering/key"), fmt.Sprint(i))
		_, err = kv.Get(ctx, "ordering/key", clientv3.WithSerializable())
		must(t, err)
		_, err = kv.Txn(ctx).Then(clientv3.OpGet("ordering/key")).Commit()
		must(t, err)
	}
}
