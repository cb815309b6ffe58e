package packages_test

import (
	"fmt"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/mirror"
)

// More keys than one batch of the syncer holds, then updates that it follows.
func TestMirror(t *testing.T) {
	const keys = 2500
	client, ctx := connect(t)
	for i := 0; i < keys; i += 100 {
		var puts []clientv3.Op
		for j := i; j < i+100; j++ {
			puts = append(puts, clientv3.OpPut(fmt.Sprintf("mirror/%05d", j), fmt.Sprint(j)))
		}
		_, err := client.Txn(ctx).Then(puts...).Commit()
		must(t, err)
	}

	syncer := mirror.NewSyncer(client, "mirror/", 0)
	base, errs := syncer.SyncBase(ctx)
	copied := 0
	for response := range base {
		for _, kv := range response.Kvs {
			expect(t, "key", string(kv.Key), fmt.Sprintf("mirror/%05d", copied))
			expect(t, "value", string(kv.Value), fmt.Sprint(copied))
			copied++
		}
	}
	for err := range errs {
		must(t, err)
	}
	if copied != keys {
		t.Fatalf("copied %d of %d keys", copied, keys)
	}

	_, err := client.Put(ctx, "mirror/00000", "changed")
	must(t, err)
	_, err = client.Put(ctx, "elsewhere", "not mirrored")
	must(t, err)
	_, err = client.Delete(ctx, "mirror/00001")
	must(t, err)
	var seen []string
	for response := range syncer.SyncUpdates(ctx) {
		must(t, response.Err())
		for _, event := range response.Events {
			seen = append(seen, fmt.Sprintf("%s %s %s", event.Type, event.Kv.Key, event.Kv.Value))
		}
		if len(seen) >= 2 {
			break
		}
	}
	expect(t, "updates", fmt.Sprint(seen), "[PUT mirror/00000 changed DELETE mirror/00001 ]")
}
