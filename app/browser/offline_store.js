// Stores answers on this device for times without a network. They are encrypted with a key that scripts
// can use but not read; the key and the answers are deleted together.
(function () {
  "use strict";

  const answersMax = 120; // the oldest are deleted first
  let opened;
  let last = Promise.resolve(); // operations run one at a time: nothing is stored after it was cleared

  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  const open = () => (opened = opened || new Promise((resolve, reject) => {
    const request = indexedDB.open("bompass", 1);
    request.onupgradeneeded = () => ["key", "own"].forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opened = undefined; };
      resolve(request.result);
    };
    request.onerror = request.onblocked = () => { opened = undefined; reject(request.error); };
  }));

  const store = async (name, mode) => (await open()).transaction(name, mode).objectStore(name);

  // key returns the encryption key, and makes one when there is none and create is set.
  async function key(create) {
    const found = await done((await store("key", "readonly")).get("key"));
    if (found || !create) return found;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await done((await store("key", "readwrite")).put(made, "key"));
    return made;
  }

  // slot returns the name under which an answer is stored: a hash, which does not reveal its address.
  async function slot(name) {
    const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(name));
    return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, "0")).join("");
  }

  async function save(name, at, text) {
    const [secret, id] = [await key(true), await slot(name)];
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(id) }, secret, new TextEncoder().encode(text));
    await done((await store("own", "readwrite")).put({ at, iv, sealed }, id));
  }

  async function load(name) {
    const [secret, id] = [await key(false), await slot(name)];
    const found = secret && await done((await store("own", "readonly")).get(id));
    if (!found) return undefined;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv, additionalData: new TextEncoder().encode(id) }, secret, found.sealed);
    return { at: found.at, text: new TextDecoder().decode(plain) };
  }

  async function prune(before) {
    const own = await store("own", "readwrite");
    const [ids, all] = await Promise.all([done(own.getAllKeys()), done(own.getAll())]);
    const oldest = ids.map((id, i) => ({ id, at: all[i].at })).sort((a, b) => b.at - a.at);
    oldest.forEach((one, i) => { if (i >= answersMax || one.at < before) own.delete(one.id); });
  }

  async function clear() {
    const both = (await open()).transaction(["key", "own"], "readwrite");
    await Promise.all([done(both.objectStore("key").clear()), done(both.objectStore("own").clear())]);
  }

  const inOrder = (operation) => (...args) => {
    const result = last.then(() => operation(...args));
    last = result.catch(() => undefined);
    return result;
  };
  window.bompassStore = {
    save: inOrder(save), load: inOrder(load), prune: inOrder(prune), clear: inOrder(clear),
    count: inOrder(async () => done((await store("own", "readonly")).count())),
  };
})();
