package packages_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/naming/endpoints"
	"go.etcd.io/etcd/client/v3/naming/resolver"
)

// A service registers its addresses, one of them for as long as a lease lives; another follows them.
func TestNamingEndpoints(t *testing.T) {
	client, ctx := connect(t)
	manager, err := endpoints.NewManager(client, "naming/list")
	must(t, err)
	watch, err := manager.NewWatchChannel(ctx)
	must(t, err)

	must(t, manager.AddEndpoint(ctx, "naming/list/one", endpoints.Endpoint{Addr: "10.0.0.1:1", Metadata: "blue"}))
	lease, err := client.Grant(ctx, 60)
	must(t, err)
	must(t, manager.AddEndpoint(
		ctx, "naming/list/two", endpoints.Endpoint{Addr: "10.0.0.2:2"}, clientv3.WithLease(lease.ID)))
	list, err := manager.List(ctx)
	must(t, err)
	if len(list) != 2 || list["naming/list/one"].Addr != "10.0.0.1:1" || list["naming/list/one"].Metadata != "blue" {
		t.Fatalf("listed: %v", list)
	}
	must(t, manager.DeleteEndpoint(ctx, "naming/list/one"))
	_, err = client.Revoke(ctx, lease.ID)
	must(t, err)

	var seen []*endpoints.Update
	for len(seen) < 4 {
		select {
		case updates := <-watch:
			seen = append(seen, updates...)
		case <-ctx.Done():
			t.Fatalf("updates seen: %v", seen)
		}
	}
	operations := []endpoints.Operation{endpoints.Add, endpoints.Add, endpoints.Delete, endpoints.Delete}
	for i, key := range []string{"one", "two", "one", "two"} {
		expect(t, "key of an update", seen[i].Key, "naming/list/"+key)
		if seen[i].Op != operations[i] {
			t.Fatalf("update %d is %v", i, seen[i])
		}
	}
}

// A gRPC channel finds its server, which is etcd itself here, by the name under which it is registered.
func TestNamingResolver(t *testing.T) {
	client, ctx := connect(t)
	manager, err := endpoints.NewManager(client, "naming/service")
	must(t, err)
	must(t, manager.AddEndpoint(ctx, "naming/service/1", endpoints.Endpoint{Addr: client.Endpoints()[0]}))

	builder, err := resolver.NewBuilder(client)
	must(t, err)
	channel, err := grpc.NewClient("etcd:///naming/service",
		grpc.WithResolvers(builder), grpc.WithTransportCredentials(insecure.NewCredentials()))
	must(t, err)
	defer channel.Close()
	short, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	health, err := grpc_health_v1.NewHealthClient(channel).Check(
		short, &grpc_health_v1.HealthCheckRequest{}, grpc.WaitForReady(true))
	must(t, err)
	expect(t, "health", health.Status.String(), "SERVING")
}
