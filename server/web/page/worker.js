// Keeps the program's files for the next visit, and the price calculator with its tariffs for when there
// is no network. The rest of the API, pages and downloads always go to the server.
const kept = "bompass-{{.Version}}";
const files = {{.ResourcesToCache}}.filter((path) => path !== "/");
const common = ["/prices", "/api/v1/tariffs"]; // for everyone: asked for first, kept for later

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(kept).then((cache) => cache.addAll([...files, ...common])).then(() => self.skipWaiting())
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) =>
      Promise.all(names.filter((name) => name !== kept).map((name) => caches.delete(name)))
    )
  );
});

async function newest(request, path) {
  const cache = await caches.open(kept);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  } catch (lost) {
    return (await cache.match(path, { ignoreVary: true })) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) {
    return;
  }
  if (common.includes(address.pathname)) {
    event.respondWith(newest(event.request, address.pathname));
    return;
  }
  if (!files.includes(address.pathname)) {
    return;
  }
  event.respondWith(
    caches.match(event.request, { ignoreVary: true }).then((found) => found || fetch(event.request))
  );
});
