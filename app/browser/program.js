// Loads and compiles the program in a thread of its own, so that the page stays free meanwhile. The page starts this
// script as a worker and gets the compiled program from it. The pages of signing in only load, for the page that follows.
(function () {
  "use strict";
  const compile = function (address) {
    return WebAssembly.compileStreaming
      ? WebAssembly.compileStreaming(fetch(address))
      : fetch(address).then(function (answer) { return answer.arrayBuffer(); }).then(WebAssembly.compile);
  };
  if (!self.document) {
    self.onmessage = function (message) {
      const answer = function (module) { self.postMessage(module); };
      const work = message.data.compile ? compile(message.data.address) : fetch(message.data.address).then(function (loaded) { return loaded.blob(); });
      work.then(message.data.compile ? answer : function () { answer(); }, function () { answer(); });
    };
    return;
  }

  // The program makes an element with one call: tag, name space, and name and value of each attribute, apart by U+0000.
  // A name after "." is a property with a text, a name after "?" one that is true or false.
  window.bompassElement = function (packed) {
    const part = packed.split("\0");
    const element = part[1] ? document.createElementNS(part[1], part[0]) : document.createElement(part[0]);
    for (let i = 2; i < part.length; i += 2) {
      const name = part[i], value = part[i + 1];
      if (name[0] === ".") Reflect.set(element, name.slice(1), value);
      else if (name[0] === "?") element[name.slice(1)] = /^(1|t|true)$/i.test(value);
      else element.setAttribute(name, value);
    }
    return element;
  };
  const pieces = new Map();
  window.bompassRaw = function (html) {
    if (!pieces.has(html)) {
      const box = document.createElement("div");
      box.innerHTML = html;
      pieces.set(html, box.firstChild);
    }
    return pieces.get(html) && pieces.get(html).cloneNode(true);
  };

  const script = document.currentScript;
  const address = script.dataset.program;
  const whole = "compile" in script.dataset;
  const compiled = new Promise(function (done) {
    const worker = new Worker(script.src);
    worker.onmessage = worker.onerror = function (message) {
      worker.terminate();
      done(message.data);
    };
    worker.postMessage({ address: address, compile: whole });
  });
  compiled.catch(function () {});
  // Without the worker, the page compiles the program itself.
  window.bompassInstantiate = async function (imports) {
    const module = (await compiled.catch(function () {})) || (await compile(address));
    return { instance: await WebAssembly.instantiate(module, imports) };
  };
})();
