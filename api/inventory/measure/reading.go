package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"canopy/api"
	"canopy/api/inventory"
)

// measureReading reads the organization both ways in turns, and returns the last snapshot.
//
// Canopy asks for the organization and its projects as well, publishes a snapshot for each page, and keeps three things
// that the plain structs do not: the JSON of each cluster, what finds a cluster by its id, and what the search needs.
// They are counted, in time and in memory.
func measureReading(ctx context.Context, t *table, w who, o options) (*inventory.Snapshot, error) {
	var times [2][]time.Duration
	var kept [2][]float64
	var last *inventory.Snapshot
	for round := range o.rounds + 1 {
		var plain []plainCluster
		took, bytes, err := cost(w.token, func(client *http.Client) (err error) {
			plain, err = readPlainly(ctx, client, w.Serverless)
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(plain) != o.clusters {
			return nil, fmt.Errorf("the plain structs are %d", len(plain))
		}
		plain, last = nil, nil
		tookToo, bytesToo, err := cost(w.token, func(client *http.Client) (err error) {
			last, err = readCanopy(ctx, client, w)
			return err
		})
		if err != nil {
			return nil, err
		}
		if n, exact := last.Count(); n != o.clusters || !exact {
			return nil, fmt.Errorf("the inventory has %d clusters, exact: %v", n, exact)
		}
		if round == 0 {
			continue // which only warms both processes
		}
		times[0], times[1] = append(times[0], took), append(times[1], tookToo)
		kept[0], kept[1] = append(kept[0], bytes), append(kept[1], bytesToo)
	}
	plain, canopy := median(times[0]), median(times[1])
	t.atMost(fmt.Sprintf("reading %d clusters", o.clusters), milliseconds(plain), milliseconds(canopy), float64(canopy)/float64(plain), 0.8)
	each := func(bytes float64) string { return fmt.Sprintf("%.0f B", bytes/float64(o.clusters)) }
	small, smaller := median(kept[0]), median(kept[1])
	t.atMost("memory kept per cluster", each(small), each(smaller), smaller/small, 0.6)
	return last, nil
}

// cost runs a reading with a client of its own and returns how long it took and how many bytes are still in use.
func cost(token string, read func(*http.Client) error) (time.Duration, float64, error) {
	client := newClient(token)
	before := inUse()
	begin := time.Now()
	err := read(client)
	took := time.Since(begin)
	client.CloseIdleConnections()
	return took, inUse() - before, err
}

// inUse is the size of all that is not garbage.
func inUse() float64 {
	runtime.GC()
	runtime.GC() // what finalizers and weak pointers held goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// readCanopy reads the organization, its projects and its clusters, as the app does, and publishes each snapshot.
func readCanopy(ctx context.Context, client *http.Client, w who) (*inventory.Snapshot, error) {
	source, err := api.New(api.Config{Hosts: api.Hosts{IAM: w.IAM, Serverless: w.Serverless, Dedicated: w.Dedicated}, HTTP: client})
	if err != nil {
		return nil, err
	}
	v := inventory.New(source, time.Now)
	if err := v.Load(ctx, func(*inventory.Snapshot) {}); err != nil {
		return nil, err
	}
	return v.Snapshot(), nil
}
