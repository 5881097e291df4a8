// Notes the consent events from the first moment on. History state carries them over the reload that follows a
// withdrawal: it stores nothing on the visitor's device.
(function () {
  "use strict";
  var seen = (history.state && history.state.demoEvents) || [];
  window.demoEvents = seen;

  function note(name, detail) {
    seen.unshift({ name: name, time: new Date().toISOString().slice(11, 23), detail: JSON.stringify(detail || {}) });
    seen.length = Math.min(seen.length, 30);
    history.replaceState({ demoEvents: seen }, "");
  }

  ["consent:ready", "consent:shown", "consent:change", "consent:withdraw"].forEach(function (name) {
    window.addEventListener(name, function (event) { note(name, event.detail); });
  });
  // The consent script stands first and may have been ready before anybody could listen; its promise tells as well.
  if (window.consent && window.consent.ready) {
    window.consent.ready.then(function (state) { note("consent.ready", state); });
  }
})();
