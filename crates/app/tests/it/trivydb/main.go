// Writes JSON lines `{"path": [bucket, …], "key": …, "value": …}` into a bbolt file.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"

	bolt "go.etcd.io/bbolt"
)

type row struct {
	Path  []string        `json:"path"`
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

func put(tx *bolt.Tx, r row) error {
	bucket, err := tx.CreateBucketIfNotExists([]byte(r.Path[0]))
	if err != nil {
		return err
	}
	for _, name := range r.Path[1:] {
		if bucket, err = bucket.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return bucket.Put([]byte(r.Key), r.Value)
}

func main() {
	db, err := bolt.Open(os.Args[1], 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		log.Fatal(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	err = db.Update(func(tx *bolt.Tx) error {
		for lines.Scan() {
			var r row
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				return err
			}
			if err := put(tx, r); err != nil {
				return err
			}
		}
		return lines.Err()
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Close(); err != nil {
		log.Fatal(err)
	}
}
