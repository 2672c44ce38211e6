// Keeps the program's files and its empty frame, so that every page of the program opens without a
// network, and the guide to tags, as a visitor reads it, in every language. Of the API it keeps what is the same for everyone,
// the published prices. The rest, a person's first screen, downloads and the server's other pages, signing in first of all,
// always go to the server and are not kept.
const kept = "bompass-{{.Version}}";
const files = {{.Files}};
const pages = {{.Pages}};
const guides = {{.Guides}};
const languages = {{.Languages}};
const frame = "{{.Frame}}";
const common = ["{{.Tariffs}}"]; // asked for first, kept for later

self.addEventListener("install", (event) => {
  const fresh = [...files, ...common, frame].map((path) => new Request(path, { cache: path.startsWith("/web/") ? "default" : "reload" }));
  const inLanguage = guides.flatMap((path) => languages.map((lang) => new Request(guideAt(path, lang), { cache: "reload", credentials: "omit" })));
  event.waitUntil(caches.open(kept).then((cache) => cache.addAll(fresh).then(() => cache.addAll(inLanguage))));
});

const guideAt = (path, lang) => path + "?lang=" + lang;

// A new version waits until no page of the old one is open, or until a person asks for it.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name !== kept).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

const fromKept = (path, request) =>
  caches.open(kept).then((cache) => cache.match(path, { ignoreVary: true })).then((found) => found || fetch(request));

async function newest(path, request) {
  const cache = await caches.open(kept);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  } catch (lost) {
    return (await cache.match(path, { ignoreVary: true })) || Response.error();
  }
}

// The empty frame, with the person's first screen in it if the server sends that in time. It is not kept.
async function page(request) {
  const empty = await fromKept(frame, request);
  const late = new Promise((done) => setTimeout(done, 3000));
  const asked = fetch(request.url, { headers: { Accept: "text/html", "X-Bompass-Part": "1" }, credentials: "same-origin", redirect: "manual", cache: "no-store" });
  const part = await Promise.race([asked.catch(() => undefined), late]);
  if (part) noted(part);
  if (!part || (part.status !== 200 && part.type !== "opaqueredirect")) return empty;
  if (part.type === "opaqueredirect") return part;
  const text = await Promise.race([part.text().catch(() => undefined), late]);
  if (!text) return empty;
  const whole = (await empty.text())
    .replace(/(<body[^>]*>)[\s\S]*?(?=<aside)/, (all, open) => open + text)
    .replace(/(<html[^>]* lang=")[^"]*/, (all, open) => open + part.headers.get("Content-Language"));
  return new Response(whole, { headers: empty.headers });
}

// A page of the guide from the server, or without a network in the language asked for, or that of the page before.
const lastLanguage = "/language";
async function guide(address, request) {
  try {
    return noted(await fetch(request));
  } catch (lost) {
    const cache = await caches.open(kept);
    const last = await cache.match(lastLanguage);
    const lang = [address.searchParams.get("lang"), last && (await last.text()), self.navigator.language.slice(0, 2)].find((one) => languages.includes(one));
    if (address.searchParams.has("lang")) await note(lang);
    return (await cache.match(guideAt(address.pathname, lang || languages[0]), { ignoreVary: true })) || fromKept(frame, request);
  }
}
const note = (lang) => caches.open(kept).then((cache) => cache.put(lastLanguage, new Response(lang)));
function noted(answer) {
  const lang = answer.headers.get("Content-Language");
  if (lang) note(lang);
  return answer;
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode !== "navigate") {
    if (files.includes(address.pathname)) event.respondWith(fromKept(address.pathname, request));
    if (common.includes(address.pathname)) event.respondWith(newest(address.pathname, request));
  } else if (pages.includes(address.pathname)) {
    event.respondWith(page(request));
  } else if (guides.includes(address.pathname)) {
    event.respondWith(guide(address, request));
  } else if (!/^\/(api|web)\//.test(address.pathname)) {
    event.respondWith(fetch(request).catch(() => fromKept(frame, request)));
  }
});
