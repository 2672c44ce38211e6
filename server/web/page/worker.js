// Keeps the program's files for the next visit. The API, pages and downloads always go to the server.
const kept = "bompass-{{.Version}}";
const files = {{.ResourcesToCache}}.filter((path) => path !== "/");

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(kept).then((cache) => cache.addAll(files)).then(() => self.skipWaiting())
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) =>
      Promise.all(names.filter((name) => name !== kept).map((name) => caches.delete(name)))
    )
  );
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin || !files.includes(address.pathname)) {
    return;
  }
  event.respondWith(
    caches.match(event.request, { ignoreVary: true }).then((found) => found || fetch(event.request))
  );
});
