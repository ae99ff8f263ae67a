package api

import "slices"

// nodeSettings collects the node groups of a Dedicated cluster and their
// endpoints, in whatever order they come.
type nodeSettings struct {
	tidb, proxies []NodeGroup
	tikv, tiflash NodeGroup
	addresses     []address
}

// address is an endpoint of a node group.
type address struct {
	host    string
	port    int
	kind    string // "PUBLIC", "VPC_PEERING", "PRIVATE_ENDPOINT"
	primary bool   // of the default group
}

// groups returns the groups that have nodes: TiDB, TiProxy, TiKV, TiFlash.
func (n *nodeSettings) groups() []NodeGroup {
	groups := slices.Concat(n.tidb, n.proxies)
	for _, g := range []NodeGroup{n.tikv, n.tiflash} {
		if g.Count > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// endpoints chooses the endpoints to show: those of the default group, else
// the first. The public one counts as disabled if there are others instead.
func (n *nodeSettings) endpoints(port int) (Endpoint, *Endpoint) {
	public, hasPublic := n.find(port, "PUBLIC", "")
	if !hasPublic {
		public.Disabled = len(n.addresses) > 0
	}
	if private, ok := n.find(port, "PRIVATE_ENDPOINT", "VPC_PEERING"); ok {
		return public, &private
	}
	return public, nil
}

func (n *nodeSettings) find(port int, kind, otherKind string) (Endpoint, bool) {
	var found address
	for _, a := range n.addresses {
		if a.host == "" || a.kind != kind && (a.kind != otherKind || otherKind == "" && kind != "PUBLIC") {
			continue
		}
		if found.host == "" || a.primary && !found.primary {
			found = a
		}
	}
	if found.port == 0 {
		found.port = port
	}
	return Endpoint{Host: found.host, Port: found.port}, found.host != ""
}

func (n *nodeSettings) readTiDB(v value) {
	var spec string
	for name, member := range v.fields() {
		switch name {
		case "nodeSpecDisplayName":
			spec = either(member.shared(), spec)
		case "nodeSpecKey":
			spec = either(spec, member.shared())
		case "tidbNodeGroups":
			for group := range member.items() {
				n.readGroup(group)
			}
		}
	}
	for i := range n.tidb {
		n.tidb[i].Spec = either(n.tidb[i].Spec, spec)
	}
}

func (n *nodeSettings) readGroup(v value) {
	group := NodeGroup{Component: "TiDB"}
	var key string
	var primary bool
	first := len(n.addresses)
	for name, member := range v.fields() {
		switch name {
		case "nodeCount":
			group.Count = member.number()
		case "nodeSpecDisplayName":
			group.Spec = member.shared()
		case "nodeSpecKey":
			key = member.shared()
		case "isDefaultGroup":
			primary = member.truth()
		case "tiproxySetting":
			if proxy := storageGroup("TiProxy", member); proxy.Count > 0 {
				n.proxies = append(n.proxies, proxy)
			}
		case "endpoints":
			for endpoint := range member.items() {
				n.addresses = append(n.addresses, addressOf(endpoint))
			}
		}
	}
	for i := range n.addresses[first:] {
		n.addresses[first+i].primary = primary
	}
	group.Spec = either(group.Spec, key)
	n.tidb = append(n.tidb, group)
}

func addressOf(v value) address {
	var a address
	for name, member := range v.fields() {
		switch name {
		case "host":
			a.host = member.own()
		case "port":
			a.port = member.number()
		case "connectionType":
			a.kind = member.shared()
		}
	}
	return a
}

// storageGroup reads a setting that describes one group by itself.
func storageGroup(component string, v value) NodeGroup {
	group := NodeGroup{Component: component}
	var key string
	for name, member := range v.fields() {
		switch name {
		case "nodeCount":
			group.Count = member.number()
		case "nodeSpecDisplayName":
			group.Spec = member.shared()
		case "nodeSpecKey":
			key = member.shared()
		case "storageSizeGi":
			group.StorageGi = member.number()
		}
	}
	group.Spec = either(group.Spec, key)
	return group
}
