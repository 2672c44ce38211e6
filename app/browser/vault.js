// Keeps answers on this device for times without a network: encrypted, with a key that scripts can use
// but never read. Both are thrown away together.
(function () {
  "use strict";

  const many = 120; // answers kept; the oldest go first
  let opened;
  let turn = Promise.resolve(); // one thing at a time: nothing is kept after it was thrown away

  const done = (request) => new Promise((kept, broken) => {
    request.onsuccess = () => kept(request.result);
    request.onerror = () => broken(request.error);
  });

  const open = () => (opened = opened || new Promise((kept, broken) => {
    const request = indexedDB.open("bompass", 1);
    request.onupgradeneeded = () => ["key", "own"].forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opened = undefined; };
      kept(request.result);
    };
    request.onerror = request.onblocked = () => { opened = undefined; broken(request.error); };
  }));

  const store = async (name, mode) => (await open()).transaction(name, mode).objectStore(name);

  async function key(make) {
    const found = await done((await store("key", "readonly")).get("key"));
    if (found || !make) return found;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await done((await store("key", "readwrite")).put(made, "key"));
    return made;
  }

  async function slot(name) {
    const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(name));
    return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, "0")).join("");
  }

  async function keep(name, at, text) {
    const [by, place] = [await key(true), await slot(name)];
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(place) }, by, new TextEncoder().encode(text));
    await done((await store("own", "readwrite")).put({ at, iv, sealed }, place));
  }

  async function kept(name) {
    const [by, place] = [await key(false), await slot(name)];
    const found = by && await done((await store("own", "readonly")).get(place));
    if (!found) return undefined;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv, additionalData: new TextEncoder().encode(place) }, by, found.sealed);
    return { at: found.at, text: new TextDecoder().decode(plain) };
  }

  async function prune(before) {
    const own = await store("own", "readwrite");
    const [places, all] = await Promise.all([done(own.getAllKeys()), done(own.getAll())]);
    const oldest = places.map((place, i) => ({ place, at: all[i].at })).sort((a, b) => b.at - a.at);
    oldest.forEach((one, i) => { if (i >= many || one.at < before) own.delete(one.place); });
  }

  async function wipe() {
    const both = (await open()).transaction(["key", "own"], "readwrite");
    await Promise.all([done(both.objectStore("key").clear()), done(both.objectStore("own").clear())]);
  }

  const inTurn = (what) => (...given) => {
    const mine = turn.then(() => what(...given));
    turn = mine.catch(() => undefined);
    return mine;
  };
  window.bompassVault = {
    keep: inTurn(keep), kept: inTurn(kept), prune: inTurn(prune), wipe: inTurn(wipe),
    count: inTurn(async () => done((await store("own", "readonly")).count())),
  };
})();
