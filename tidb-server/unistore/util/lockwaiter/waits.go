package lockwaiter

import "sync"

// Waits holds what is being waited for at this moment. The zero value is ready for use.
type Waits[Entry any] struct {
	mu      sync.Mutex
	entries map[*Entry]struct{}
}

// Note adds a wait that begins. Call what it returns when that wait is over.
func (w *Waits[Entry]) Note(entry *Entry) (done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.entries == nil {
		w.entries = map[*Entry]struct{}{}
	}
	w.entries[entry] = struct{}{}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.entries, entry)
	}
}

// All returns the waits of this moment, in no order.
func (w *Waits[Entry]) All() []*Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]*Entry, 0, len(w.entries))
	for entry := range w.entries {
		all = append(all, entry)
	}
	return all
}
