package inventory

import (
	"hash/maphash"
	"iter"
	"maps"
)

// table is a map whose versions share what they have in common, so that a
// snapshot for each page stays cheap however many parts there are. The zero
// table is empty; with and without return a new version.
type table[V any] struct {
	shards [64]map[Part]V
	size   int
	seed   *maphash.Seed
}

func (t table[V]) shard(part Part) int {
	if t.seed == nil {
		return 0
	}
	return int(maphash.Comparable(*t.seed, part) % uint64(len(t.shards)))
}

func (t table[V]) get(part Part) (V, bool) {
	v, ok := t.shards[t.shard(part)][part]
	return v, ok
}

func (t table[V]) with(part Part, v V) table[V] {
	if t.seed == nil {
		seed := maphash.MakeSeed()
		t.seed = &seed
	}
	i := t.shard(part)
	shard := make(map[Part]V, len(t.shards[i])+1)
	maps.Copy(shard, t.shards[i])
	shard[part] = v
	t.size += len(shard) - len(t.shards[i])
	t.shards[i] = shard
	return t
}

func (t table[V]) without(part Part) table[V] {
	i := t.shard(part)
	if _, ok := t.shards[i][part]; !ok {
		return t
	}
	shard := maps.Clone(t.shards[i])
	delete(shard, part)
	t.shards[i] = shard
	t.size--
	return t
}

func (t table[V]) all() iter.Seq2[Part, V] {
	return func(yield func(Part, V) bool) {
		for _, shard := range t.shards {
			for part, v := range shard {
				if !yield(part, v) {
					return
				}
			}
		}
	}
}
