package fault

import (
	"maps"
	"slices"
)

// Spec says how a code is answered and which parameters it has.
type Spec struct {
	Status int      // of HTTP
	Params []string // that its words show, in every language
	Detail []string // for operators and programs only
}

// specs has a row for every code.
var specs = map[Code]Spec{
	NotFound: {Status: 404},

	SignedOut:        {Status: 401},
	WrongCredentials: {Status: 401},
	KeyUnknown:       {Status: 401},
	EIDRefused:       {Status: 401},
	EIDCancelled:     {Status: 401},

	Refused:      {Status: 403, Detail: []string{"station"}},
	CrossSite:    {Status: 403},
	MandateEnded: {Status: 403},

	TooMany:      {Status: 429, Params: []string{"seconds"}},
	TooManyToday: {Status: 429},
	TooLarge:     {Status: 413, Params: []string{"max"}},

	Internal:     {Status: 500},
	Busy:         {Status: 503},
	PartnerUnset: {Status: 503, Params: []string{"variable"}},
	PartnerDown:  {Status: 503, Params: []string{"partner"}},

	BadRequest:       {Status: 422, Detail: []string{"why"}},
	PeriodTooLong:    {Status: 422, Params: []string{"days"}},
	PeriodReversed:   {Status: 422},
	PeriodMissing:    {Status: 422},
	StationUnknown:   {Status: 422, Params: []string{"station", "at"}},
	TariffMissing:    {Status: 422, Params: []string{"station", "at"}},
	PassageFuture:    {Status: 422, Params: []string{"station", "at"}},
	PassageTooOld:    {Status: 422, Params: []string{"station", "at"}},
	LineMalformed:    {Status: 422, Params: []string{"line", "why"}},
	StepUp:           {Status: 422, Detail: []string{"request"}},
	PasswordShort:    {Status: 422, Params: []string{"min"}},
	PasswordCommon:   {Status: 422},
	PasswordLeaked:   {Status: 422},
	CodeWrong:        {Status: 422},
	LinkSpent:        {Status: 422},
	FieldMissing:     {Status: 422},
	FieldWrong:       {Status: 422},
	LastFactor:       {Status: 422},
	LastOwner:        {Status: 422},
	ConsentNeeded:    {Status: 422},
	DetailsNeeded:    {Status: 422},
	EIDTaken:         {Status: 422},
	VehicleTaken:     {Status: 422},
	VehicleYours:     {Status: 422, Params: []string{"number"}},
	TermsNeeded:      {Status: 422},
	VehicleTagged:    {Status: 422},
	AgreementFull:    {Status: 422, Params: []string{"max"}},
	AgreementInUse:   {Status: 422},
	TagOrdered:       {Status: 422},
	TagHeld:          {Status: 422},
	TagLost:          {Status: 422},
	TagOpen:          {Status: 422},
	TagBlocked:       {Status: 422},
	TagSettled:       {Status: 422},
	ChangeTooOld:     {Status: 422, Params: []string{"days"}},
	ChangeFuture:     {Status: 422},
	ChangedSince:     {Status: 422},
	ChangedMeanwhile: {Status: 409},
	DraftGone:        {Status: 422},
	ImportUnreadable: {Status: 422},
	ImportTooLong:    {Status: 422, Params: []string{"max"}},
	FileKind:         {Status: 422, Params: []string{"name"}},
	FileTooLarge:     {Status: 422, Params: []string{"name"}},
	FileInfected:     {Status: 422, Params: []string{"name"}},
	FilesTooMany:     {Status: 422},
	LegacyWrong:      {Status: 422},
}

// Codes returns every code.
func Codes() []Code { return slices.Sorted(maps.Keys(specs)) }

// SpecOf returns the row of a code, and false for a code that does not exist.
func SpecOf(c Code) (Spec, bool) {
	s, ok := specs[c]
	return s, ok
}

// Status returns the HTTP status of a code. A code that does not exist is answered as Internal.
func Status(c Code) int {
	if s, ok := specs[c]; ok {
		return s.Status
	}
	return specs[Internal].Status
}
