package inventory_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/server/store/inventory"
	"bompass/shared/fixture"
	"bompass/shared/i18n"
)

// Whoever reads what is stored about them sees no name of a table or a column: each section and each column that is shown
// has words in every language.
func TestEverySectionOfAnExportHasWords(t *testing.T) {
	db := pgtest.New(t)
	ids := pgx.NamedArgs{"account": string(fixture.Kari), "customer": string(fixture.Kari)}
	for _, table := range inventory.Tables() {
		if table.Export.Section == "" {
			continue
		}
		rows, err := db.Pool.Query(t.Context(), table.Export.Query, ids)
		if err != nil {
			t.Fatalf("%s: %v", table.Name, err)
		}
		keys := []string{"export." + table.Export.Section}
		for _, column := range rows.FieldDescriptions() {
			if column.DataTypeOID != 114 && column.DataTypeOID != 3802 { // json is for programs, and in the file only
				keys = append(keys, "export.head."+column.Name)
			}
		}
		rows.Close()
		for _, lang := range i18n.Languages() {
			for _, key := range keys {
				if words := i18n.For(lang); !words.Has(key) {
					t.Errorf("%s has no %q", lang, strings.TrimPrefix(key, "export."))
				}
			}
		}
	}
}
