package stream

import (
	"github.com/nats-io/nats.go"

	"bompass/server/passage"
	"bompass/shared/toll"
)

// LiveBatchMax is the maximum number of passages in one live message.
const LiveBatchMax = 200

// LiveSubject returns the subject of a customer's live messages.
func LiveSubject(customer toll.CustomerID) string { return "live." + string(customer) }

// PaidSubject returns the subject of a customer's payments.
func PaidSubject(customer toll.CustomerID) string { return "paid." + string(customer) }

// PublishLive publishes the ids of a customer's passages that are new or have a new price. Only ids travel; a
// subscriber reads the passages themselves.
func PublishLive(conn *nats.Conn, customer passage.ID, ids []passage.ID) error {
	subject := LiveSubject(toll.CustomerID(toll.FormatPassageID(customer)))
	for len(ids) > 0 {
		n := min(len(ids), LiveBatchMax)
		data := make([]byte, 0, n*len(passage.ID{}))
		for _, id := range ids[:n] {
			data = append(data, id[:]...)
		}
		if err := conn.Publish(subject, data); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// AppendIDs appends the ids of a live message.
func AppendIDs(ids []passage.ID, data []byte) []passage.ID {
	for len(data) >= len(passage.ID{}) {
		ids = append(ids, passage.ID(data[:len(passage.ID{})]))
		data = data[len(passage.ID{}):]
	}
	return ids
}
