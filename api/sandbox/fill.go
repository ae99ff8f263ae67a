package sandbox

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"time"
)

// What the data leaves out is filled in from a hash of the id, so that it is
// believable and the same in every run.

func hashOf(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	// FNV's low bits of short inputs lie close together; one more mix spreads them.
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	return x ^ x>>33
}

// pick returns a number from 0 to below n.
func pick(n int, parts ...string) int {
	return int(hashOf(parts...)>>33) % n
}

// fill gives a project its age and its members.
func (p *project) fill(now time.Time) {
	p.created = now.AddDate(-1, 0, 0)
	for _, list := range [][]*cluster{p.serverless, p.dedicated} {
		for _, c := range list {
			if c.created.Before(p.created) {
				p.created = c.created
			}
		}
	}
	p.created = p.created.Add(-time.Duration(1+pick(240, "project", p.id)) * time.Hour).Truncate(time.Second)
	p.members = 2 + pick(7, "members", p.id)
}

func (p *project) clusterCount() int { return len(p.serverless) + len(p.dedicated) }

// userPrefix is the prefix of a cluster's or branch's SQL users.
func userPrefix(kind, id string) string {
	const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte("prefix " + kind + id))
	prefix := make([]byte, 15)
	for i := range prefix {
		prefix[i] = letters[int(sum[i])%len(letters)]
	}
	return string(prefix)
}

// updated is a moment between the creation and the data's now.
func updated(id string, created, now time.Time) time.Time {
	span := now.Sub(created)
	if span <= 0 {
		return created
	}
	seconds := int(min(span, 30*24*time.Hour) / time.Second)
	return created.Add(time.Duration(pick(seconds+1, "updated", id)) * time.Second)
}

// gateway is the public host of a serverless cluster.
func (c *cluster) gateway() string {
	n := 1
	if c.plan != "STARTER" {
		n += pick(3, "gateway", c.id)
	}
	return fmt.Sprintf("gateway%02d.%s.prod.%s.tidbcloud.com", n, c.region.code, c.region.provider)
}

// retention is how many days the cluster keeps its backups: one for a free Starter,
// thirty for those that are paid for.
func (c *cluster) retention() int {
	switch {
	case c.plan == "STARTER" && c.cents <= 0:
		return 1
	case c.plan == "STARTER":
		return 30
	case c.plan == "DEDICATED":
		return 7
	default:
		return 30
	}
}

// backupStart is the time of the daily backup, in UTC.
func (c *cluster) backupStart() time.Duration {
	return time.Duration(pick(48, "backup", c.id)) * 30 * time.Minute
}

// capacity is the range of request units of an Essential cluster.
func (c *cluster) capacity() (minRCU, maxRCU int) {
	minRCU = 2000 * (1 + pick(3, "capacity", c.id))
	return minRCU, minRCU * 4
}

// nodeCounts divides the data's node count over the components of a Dedicated
// cluster. A storage node for each compute node, TiFlash on the larger ones.
func (c *cluster) nodeCounts() (tidb, tikv, tiflash int) {
	tikv = (c.nodes + 1) / 2
	tiflash = c.nodes / 6
	return c.nodes - tikv - tiflash, tikv, tiflash
}

// nodeGroupID names the one node group of a Dedicated cluster, 19 digits long.
func (c *cluster) nodeGroupID() string {
	return fmt.Sprintf("19%017d", hashOf("group", c.id)%1e17)
}

// apiKey is the well-known key of an organization. It is no secret: it opens
// nothing but this sandbox.
func apiKey(org string) APIKey {
	sum := sha256.Sum256([]byte("canopy sandbox key " + org))
	binary.BigEndian.PutUint16(sum[6:], binary.BigEndian.Uint16(sum[6:])&0x0fff|0x4000)
	x := hex.EncodeToString(sum[:16])
	return APIKey{
		Organization: org,
		Public:       "SBX0" + org,
		Private:      x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:],
	}
}
