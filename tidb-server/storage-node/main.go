// storage-node is the storage of a TiDB cluster on one machine: TiDB's own test storage, unistore, behind TiKV's gRPC services.
// One process is the one store that PD knows. There is no Raft and no replica.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pingcap/log"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/pd"
	"go.uber.org/zap"
)

// settings are what the command line says, in the words of tikv-server's.
type settings struct {
	pd string
	// Where the rest of the cluster connects to, and PD has it from.
	addr, statusAddr string
	// What it listens on: in a container not the same.
	listenAddr, listenStatusAddr string
	dataDir, logFile             string
}

func main() {
	started := time.Now()
	var s settings
	flag.StringVar(&s.pd, "pd", "127.0.0.1:2379", "address of PD")
	flag.StringVar(&s.listenAddr, "addr", "127.0.0.1:20160", "address to serve gRPC on")
	flag.StringVar(&s.addr, "advertise-addr", "", "address that others reach it at; that of -addr if there is none")
	flag.StringVar(&s.listenStatusAddr, "status-addr", "127.0.0.1:20180", "address of /status, /config and /metrics")
	flag.StringVar(&s.statusAddr, "advertise-status-addr", "", "the same of -status-addr")
	flag.StringVar(&s.dataDir, "data-dir", "", "folder of the data")
	flag.StringVar(&s.logFile, "log-file", "", "log, which information_schema.cluster_log reads; standard error if there is none")
	flag.String("config", "", "tikv-server's file of settings, for who starts this in its place: not read")
	flag.Parse()
	s.addr, s.statusAddr = cmp.Or(s.addr, s.listenAddr), cmp.Or(s.statusAddr, s.listenStatusAddr)
	if err := run(s, started); err != nil {
		log.Error("storage node failed", zap.Error(err))
		fmt.Fprintln(os.Stderr, "storage-node:", err)
		os.Exit(1)
	}
}

func run(s settings, started time.Time) error {
	if s.dataDir == "" {
		return errors.New("-data-dir is missing")
	}
	logger, properties, err := log.InitLogger(&log.Config{Level: "info", File: log.FileLogConfig{Filename: s.logFile}})
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	log.ReplaceGlobals(logger, properties)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	// The ports first: who asks meanwhile waits instead of being refused.
	listener, err := net.Listen("tcp", s.listenAddr)
	if err != nil {
		return err
	}
	statusListener, err := net.Listen("tcp", s.listenStatusAddr)
	if err != nil {
		return err
	}
	pdc, err := pd.NewClient([]string{s.pd}, "storage-node")
	if err != nil {
		return fmt.Errorf("PD at %s: %w", s.pd, err)
	}
	n, err := open(s, pdc, started)
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	server := newServer(n, s.logFile)
	go func() { failed <- server.Serve(listener) }()
	go func() { failed <- n.serveStatus(statusListener) }()
	if err := n.register(); err != nil {
		return fmt.Errorf("PD at %s: %w", s.pd, err)
	}
	go n.heartbeat()
	go n.importer.files.sweepForever()
	log.Info("storage node is serving", zap.String("addr", s.addr), zap.Uint64("store", n.store.Id))

	select {
	case err = <-failed:
	case received := <-stop:
		log.Info("storage node is stopping", zap.Stringer("signal", received))
	}
	// At once: a stream to TiDB has no end of its own to wait for.
	server.Stop()
	n.close()
	return err
}
