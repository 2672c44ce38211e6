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
