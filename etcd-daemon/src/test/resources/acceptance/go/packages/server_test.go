// Ordinary use of those packages of etcd's Go client that come without examples. Each test keeps to keys below its own name.
package packages_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const limit = 20 * time.Second

// connect gives a client of the server named by ETCD_ENDPOINTS, and a context that outlives no test.
func connect(t *testing.T) (*clientv3.Client, context.Context) {
	t.Helper()
	client, err := clientv3.New(clientv3.Config{
		Endpoints:   strings.Split(os.Getenv("ETCD_ENDPOINTS"), ","),
		DialTimeout: 5 * time.Second,
	})
	must(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(func() {
		cancel()
		client.Close()
	})
	return client, ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// value gives the value of a key, or the empty string if the key is missing.
func value(t *testing.T, kv clientv3.KV, ctx context.Context, key string) string {
	t.Helper()
	response, err := kv.Get(ctx, key)
	must(t, err)
	if len(response.Kvs) == 0 {
		return ""
	}
	return string(response.Kvs[0].Value)
}

func expect(t *testing.T, what, actual, expected string) {
	t.Helper()
	if actual != expected {
		t.Fatalf("%s: got %q, want %q", what, actual, expected)
	}
}
