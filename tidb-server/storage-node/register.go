package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/pingcap/kvproto/pkg/metapb"
)

const (
	// version is the release of TiDB whose source this is built from.
	version    = "8.5.6"
	pdDeadline = 30 * time.Second
	// Regions that unistore splits off take ids of its own, which must not meet those of PD.
	firstOwnID = 1 << 20
)

// register makes this the store of the cluster: a new one of a new cluster, or the one in the data folder.
func (n *node) register() error {
	ctx, cancel := context.WithTimeout(context.Background(), pdDeadline)
	defer cancel()
	known, err := n.regions.IsBootstrapped()
	if err != nil {
		return err
	}
	if known {
		n.store = n.describe(n.regions.GetAllStores()[0].Id)
	} else if err := n.bootstrap(ctx); err != nil {
		return err
	}
	if n.regions.AllocID() < firstOwnID {
		n.regions.AllocIDs(firstOwnID)
	}
	n.regions.AddStore(n.store.Id, n.store.Address)
	if err := n.pdc.PutStore(ctx, n.store); err != nil {
		return fmt.Errorf("store %d of the data folder %s is refused: %w", n.store.Id, n.dataDir, err)
	}
	return nil
}

func (n *node) bootstrap(ctx context.Context) error {
	bootstrapped, err := n.pdc.IsBootstrapped(ctx)
	if err != nil {
		return err
	}
	if bootstrapped {
		return errors.New("its cluster has a store already, and the data folder is empty: both must be empty, or of the same cluster")
	}
	var ids [3]uint64
	for i := range ids {
		if ids[i], err = n.pdc.AllocID(ctx); err != nil {
			return err
		}
	}
	n.store = n.describe(ids[0])
	region := &metapb.Region{
		Id:          ids[1],
		RegionEpoch: &metapb.RegionEpoch{ConfVer: 1, Version: 1},
		Peers:       []*metapb.Peer{{Id: ids[2], StoreId: ids[0]}},
	}
	if err := n.regions.Bootstrap([]*metapb.Store{n.store}, region); err != nil {
		return err
	}
	response, err := n.pdc.Bootstrap(ctx, n.store, region)
	if err != nil {
		return err
	}
	if e := response.GetHeader().GetError(); e != nil {
		return fmt.Errorf("bootstrap: %s", e)
	}
	return nil
}

// describe is what PD, and with it cluster_info, says of this store.
func (n *node) describe(id uint64) *metapb.Store {
	store := &metapb.Store{
		Id: id, Address: n.addr, PeerAddress: n.addr, StatusAddress: n.statusAddr,
		Version: version, GitHash: "unistore", StartTimestamp: n.started.Unix(),
	}
	store.DeployPath, _ = os.Getwd()
	return store
}
