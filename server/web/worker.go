package web

import _ "embed"

// workerScript is the template of the service worker: the program's own files are kept, by version;
// everything else, the API and pages first of all, always goes to the server.
//
//go:embed page/worker.js
var workerScript string

// noWorkerScript replaces a worker by nothing.
//
//go:embed page/no-worker.js
var noWorkerScript string
