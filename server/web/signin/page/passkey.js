// Lets a person sign in, confirm or add a key with what unlocks their device. The server asks and
// checks; this only carries. Without it the page's form does the same with a code.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const send = async (path, form, body) => {
    const reply = await fetch(path, {
      method: "POST", credentials: "same-origin", redirect: "error",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": form }, body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(String(reply.status));
    return reply.json();
  };

  const get = async (asked) => {
    const options = { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) };
    const key = await navigator.credentials.get({ publicKey: options });
    const r = key.response;
    return {
      id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: key.getClientExtensionResults(),
      response: {
        authenticatorData: text(r.authenticatorData), clientDataJSON: text(r.clientDataJSON), signature: text(r.signature),
        userHandle: r.userHandle ? text(r.userHandle) : undefined,
      },
    };
  };

  const create = async (asked) => {
    const options = {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: listed(asked.excludeCredentials),
    };
    const key = await navigator.credentials.create({ publicKey: options });
    const r = key.response;
    return {
      id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: key.getClientExtensionResults(),
      response: { attestationObject: text(r.attestationObject), clientDataJSON: text(r.clientDataJSON), transports: r.getTransports ? r.getTransports() : [] },
    };
  };

  const press = async (place) => {
    const { passkey: path, form } = place.dataset;
    const asked = (await send(path + "/options", form, {})).publicKey;
    const answer = await (asked.user ? create(asked) : get(asked));
    const [name, here] = [place.querySelector("input"), new URLSearchParams(location.search)];
    const query = new URLSearchParams(name ? { name: name.value } : { next: here.get("next") || "", request: here.get("request") || "" });
    const { next } = await send(path + "?" + query, form, answer);
    location.assign(next);
  };

  for (const place of document.querySelectorAll("[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    place.hidden = false;
    if (/^[\d.]+$|^\[/.test(location.hostname)) { // a key is bound to a name, and an address is none
      const address = location.origin.replace(location.hostname, "localhost");
      place.textContent = place.dataset.address.replace("{address}", address);
      continue;
    }
    const [button, wrong] = [place.querySelector("button"), place.querySelector("[role=alert]")];
    button.addEventListener("click", async () => {
      button.disabled = true;
      wrong.hidden = true;
      try {
        await press(place);
      } catch (cause) {
        wrong.textContent = place.dataset.wrong;
        wrong.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
