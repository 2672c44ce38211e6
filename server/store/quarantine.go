package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Waiting is a row of the quarantine: a passage that needs a person.
type Waiting struct {
	ID          int64           `gorm:"primaryKey" json:"id"`
	MessageKey  string          `json:"key"`
	Code        string          `json:"code"`
	Params      json.RawMessage `json:"params" gorm:"type:jsonb"`
	Observation json.RawMessage `json:"observation" gorm:"type:jsonb"`
	Station     string          `json:"station"`
	ReceivedAt  time.Time       `json:"received"`
	ResolvedAt  *time.Time      `json:"resolved,omitempty"`
}

// TableName is the table of a Waiting.
func (Waiting) TableName() string { return "quarantine" }

// QuarantineMax bounds one listing of the quarantine.
const QuarantineMax = 10_000

// QuarantineList returns what still waits for a person, oldest first.
func (s *Store) QuarantineList(ctx context.Context) ([]Waiting, error) {
	var list []Waiting
	err := s.db.WithContext(ctx).Where("resolved_at is null").Order("received_at, id").Limit(QuarantineMax).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("quarantine: %w", err)
	}
	return list, nil
}
