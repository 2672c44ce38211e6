package apiclient

// ActorHeader is the header of every answer to a customer's request that names the person and the party acted for. Tabs of
// a browser share a session: a page that receives an answer for another actor must not show it.
const ActorHeader = "X-Bompass-Actor"

// LeavingCookie is the cookie of a browser whose person has signed out without a network. Until the program has ended the
// session, the server sends pages without anything of the person.
const LeavingCookie = "leaving"
