package inventory

import "bompass/server/privacy"

// signIn lists credentials and sign-ins. None is exported: a person gets no secrets in a file, and the page
// of sign-in methods shows which there are.
func signIn() []Table {
	const shown = "a credential; the page of sign-in methods shows that it is there"
	const another = "credentials of the account that goes open nothing in the one that stays"
	return []Table{
		{
			Name: "session_identity", Owner: Account, Kept: "as long as its session",
			Export: Export{Why: "a credential of the session"}, Erase: Erase{Why: "goes with its session"},
			Sealed: []Sealed{{"key", "sealed", "token_hash", "'eid proof'"}}, Plain: map[string]string{"token_hash": "a hash"},
		},
		{
			Name: "login_step", Owner: Account, Accounts: []string{"account_id"},
			Prune:  &Prune{privacy.PendingLogins, "token_hash", "until < $1"},
			Export: Export{Why: "a sign-in of minutes"}, Erase: Erase{Cascade: true}, Join: Join{Drop: "a sign-in of minutes"},
			Plain: map[string]string{"token_hash": "a hash"},
		},
		{
			Name: "deferred_login", Owner: Account, Accounts: []string{"account_id"},
			Prune:  &Prune{privacy.PendingLogins, "token_hash", "until < $1"},
			Export: Export{Why: "a sign-in of minutes"}, Erase: Erase{Cascade: true}, Join: Join{Drop: "a sign-in of minutes"},
			Plain: map[string]string{"token_hash": "a hash"},
		},
		{
			Name: "identity", Owner: Account, Accounts: []string{"account_id"}, Kept: "as long as the account",
			Export: Export{Why: shown}, Erase: Erase{Cascade: true}, Join: Join{Move: true},
		},
		{
			Name: "account_number", Owner: Account, Accounts: []string{"account_id"}, Kept: "as long as the account",
			Export: Export{Why: "a sealed personal number, which the person gave"}, Erase: Erase{Cascade: true},
			Join:   Join{Merge: []string{"delete from account_number where account_id = @other"}}, // sealed again for the account that stays
			Sealed: []Sealed{{"key", "sealed", "number_hash", "account_id::text || ' birth'"}}, Plain: map[string]string{"number_hash": "a keyed hash"},
		},
		{
			Name: "passkey", Owner: Account, Accounts: []string{"account_id"}, Kept: "until the person removes it",
			Export: Export{Why: shown}, Erase: Erase{Cascade: true}, Join: Join{Drop: another},
			Plain: map[string]string{"id": "the authenticator's own identifier", "credential": "a public key, a counter and flags"},
		},
		{
			Name: "recovery_code", Owner: Account, Accounts: []string{"account_id"}, Kept: "until new codes are made",
			Export: Export{Why: shown}, Erase: Erase{Cascade: true}, Join: Join{Drop: another}, Plain: map[string]string{"code_hash": "a keyed hash"},
		},
		{
			Name: "text_factor", Owner: Account, Accounts: []string{"account_id"}, Kept: "until the person removes it",
			Export: Export{Why: shown}, Erase: Erase{Cascade: true}, Join: Join{Drop: another},
		},
		{
			Name: "text_code", Owner: Account, Accounts: []string{"account_id"}, Kept: "one row an account: it counts what was sent in a day",
			Export: Export{Why: "a code of minutes"}, Erase: Erase{Cascade: true}, Join: Join{Drop: "a code of minutes"}, Plain: map[string]string{"code_hash": "a keyed hash"},
		},
		{
			Name: "factor_guard", Owner: Account, Accounts: []string{"account_id"}, Kept: "until a right code",
			Export: Export{Why: "a count"}, Erase: Erase{Cascade: true}, Join: Join{Drop: "counts codes of an authenticator that goes"},
		},
		{
			Name: "lost_factor", Owner: Account, Accounts: []string{"account_id"},
			Prune:  &Prune{privacy.LostFactorClaims, "id", "ends_at < $1"},
			Export: Export{Why: "the section history has it"}, Erase: Erase{Cascade: true}, Join: Join{Drop: another},
			Plain: map[string]string{"code_hash": "a keyed hash"},
		},
		{
			Name: "contact_code", Owner: Account, Accounts: []string{"account_id"},
			Prune:  &Prune{privacy.ContactCodes, "ctid", "until < $1"},
			Export: Export{Why: "a code of minutes"}, Erase: Erase{Cascade: true}, Join: Join{Drop: "a code of minutes"}, Plain: map[string]string{"code_hash": "a keyed hash"},
		},
	}
}

// technical lists tables that hold no person's data.
func technical() []Table {
	const none = "no person's data"
	nobody := func(name, kept string) Table {
		return Table{Name: name, Owner: Nobody, Kept: kept, Export: Export{Why: none}, Erase: Erase{Why: none}}
	}
	auth := nobody("eid_journey", "")
	auth.Prune = &Prune{privacy.AuthRequests, "state_hash", "until < $1"}
	auth.Sealed = []Sealed{{"key", "sealed", "state_hash", "'journey ' || encode(substring(state_hash from 1 for 8), 'hex')"}}
	auth.Plain = map[string]string{"state_hash": "a hash", "browser_hash": "a hash"}
	ceremony := nobody("ceremony", "")
	ceremony.Prune = &Prune{privacy.Ceremonies, "hash", "until < $1"}
	ceremony.Plain = map[string]string{"hash": "a hash", "data": "sealed, for minutes: not worth sealing again"}
	throttle := nobody("throttle", "")
	throttle.Prune = &Prune{privacy.Throttles, "key", "tried_at < $1"}
	notice := nobody("eid_notice", "until the issuer's message is too old to be believed again")
	notice.Plain = map[string]string{"notice": "a hash"}
	station := nobody("station_key", "as long as the station has it")
	station.Plain = map[string]string{"key_hash": "a hash"}
	secret := nobody("server_secret", "one row")
	secret.Plain = map[string]string{"proof": "a hash"}
	return []Table{
		auth, ceremony, throttle, notice, station, secret,
		nobody("directory_version", "one row"), nobody("register_feed", "the last 100,000 changes of the register"),
		nobody("partition_state", "one row a partition"), nobody("goose_db_version", "one row a migration"), nobody("tariff_release", "for good: charges were rated by it"),
	}
}
