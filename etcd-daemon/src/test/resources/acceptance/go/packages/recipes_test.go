package packages_test

import (
	"fmt"
	"testing"

	"go.etcd.io/etcd/client/v3/concurrency"
	recipe "go.etcd.io/etcd/client/v3/experimental/recipes"
)

// Queues hand out what was put in, in order or by priority; a reader waits for the writer; a barrier opens.
func TestRecipes(t *testing.T) {
	client, ctx := connect(t)
	queue := recipe.NewQueue(client, "recipes/queue")
	urgent := recipe.NewPriorityQueue(client, "recipes/priority")
	for i := range 5 {
		must(t, queue.Enqueue(fmt.Sprint(i)))
		must(t, urgent.Enqueue(fmt.Sprint(i), uint16(10-i)))
	}
	for i := range 5 {
		next, err := queue.Dequeue()
		must(t, err)
		expect(t, "next of the queue", next, fmt.Sprint(i))
		next, err = urgent.Dequeue()
		must(t, err)
		expect(t, "most urgent", next, fmt.Sprint(4-i))
	}

	session, err := concurrency.NewSession(client)
	must(t, err)
	defer session.Close()
	writer := recipe.NewRWMutex(session, "recipes/lock")
	other, err := concurrency.NewSession(client)
	must(t, err)
	defer other.Close()
	reader := recipe.NewRWMutex(other, "recipes/lock")
	must(t, writer.Lock())
	read := make(chan error)
	go func() { read <- reader.RLock() }()
	_, err = client.Put(ctx, "recipes/written", "whole")
	must(t, err)
	must(t, writer.Unlock())
	must(t, <-read)
	expect(t, "what the writer left", value(t, client.KV, ctx, "recipes/written"), "whole")
	must(t, reader.RUnlock())

	barrier := recipe.NewBarrier(client, "recipes/barrier")
	must(t, barrier.Hold())
	passed := make(chan error)
	go func() { passed <- barrier.Wait() }()
	must(t, barrier.Release())
	must(t, <-passed)
}
