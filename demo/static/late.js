// Stands for a vendor's script: it only says that it has run.
(function () {
  var tag = new URL(document.currentScript.src).searchParams.get("tag");
  if (window.demoOrder) window.demoOrder.push("file 2");
  window.dispatchEvent(new CustomEvent("demo:released", { detail: tag }));
})();
