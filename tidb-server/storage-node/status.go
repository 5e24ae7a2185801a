package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"
)

// serveStatus answers what cluster_config, and those who ask whether the store is up, read of a TiKV.
func (n *node) serveStatus(listener net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/status", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/config", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"log-file": n.logFile,
			"server":   map[string]string{"addr": n.addr, "status-addr": n.statusAddr},
			"storage":  map[string]string{"data-dir": n.dataDir, "engine": "unistore"},
		})
	})
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "# TYPE storage_node_calls counter\nstorage_node_calls %d\n", n.calls.Load())
		fmt.Fprintf(w, "# TYPE storage_node_start_time gauge\nstorage_node_start_time %d\n", n.started.Unix())
	})
	server := http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}
