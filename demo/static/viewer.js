// A small client-side router. Each view adds gated tags after the page has loaded, in the two ways frameworks do:
// through innerHTML and through createElement. The consent script has to notice both.
(function () {
  "use strict";
  var texts = JSON.parse(document.getElementById("viewer-texts").textContent);
  var root = document.querySelector("[data-viewer]");
  var view = root.querySelector("[data-view]");
  var list = root.querySelector("[data-late]");
  var base = root.dataset.base;
  var added = {};

  function element(name, attributes, text) {
    var node = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function path(station) {
    var step = 640 / (station.values.length - 1);
    return station.values.map(function (value, index) {
      var y = 180 - ((value - station.low) / (station.high - station.low)) * 160;
      return (index ? "L" : "M") + (index * step).toFixed(1) + " " + y.toFixed(1);
    }).join("");
  }

  function chart(station) {
    var hours = texts.hours.map(function (hour, index) {
      var anchor = index === 0 ? "start" : index === texts.hours.length - 1 ? "end" : "middle";
      return '<text x="' + index * 160 + '" y="206" text-anchor="' + anchor + '">' + hour + "</text>";
    }).join("");
    return '<figure class="plot"><figcaption></figcaption><svg viewBox="0 -10 640 222" aria-hidden="true">' +
      '<path class="plot-grid" d="M0 20H640M0 100H640M0 180H640"/><path class="plot-line" d="' + path(station) + '"/>' +
      hours + "</svg></figure>";
  }

  // innerHTML never runs a script, gated or not: only the consent script's observer can bring these to life.
  function gatedMarkup(station) {
    var name = "page_view " + station.id;
    var video = station.id !== "river" ? "" :
      '<div class="video-frame"><iframe data-category="functional" data-service="youtube" width="720" height="405" ' +
      'data-src="https://www.youtube-nocookie.com/embed/M7lc1UVf-VE"></iframe></div>';
    return '<script type="text/plain" data-category="analytics" data-service="ga4">' +
      "window.dataLayer = window.dataLayer || []; dataLayer.push({event: 'virtual_page_view', station: '" + station.id + "'});" +
      "window.dispatchEvent(new CustomEvent('demo:released', {detail: '" + name + "'}));</" + "script>" + video;
  }

  function addByElement(station) {
    var source = "/static/late.js?tag=" + encodeURIComponent("munchkin " + station.id);
    view.append(element("script", { type: "text/plain", "data-category": "ma", "data-service": "marketo", "data-src": source }));
  }

  function announce(name, how) {
    var item = element("li");
    item.append(element("code", {}, name), element("span", {}, texts.how + " " + how));
    var state = element("strong", { "data-state": "waiting" }, texts.waiting);
    item.append(state);
    list.append(item);
    added[name] = state;
  }

  function show(station) {
    added = {};
    list.replaceChildren();
    announce("page_view " + station.id, "innerHTML");
    announce("munchkin " + station.id, "createElement");
    view.innerHTML = chart(station) + gatedMarkup(station);
    var last = station.values[station.values.length - 1];
    view.querySelector("figcaption").append(element("strong", {}, station.what), " " + last + " " + station.unit);
    var video = view.querySelector("iframe");
    if (video) video.title = texts.video;
    addByElement(station);
  }

  function route() {
    var id = location.pathname.slice(base.length).replace(/\/$/, "");
    var station = texts.stations.find(function (each) { return each.id === id; });
    root.querySelectorAll("[data-route]").forEach(function (link) {
      if (link.dataset.route === id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    if (station) show(station);
    else view.replaceChildren();
  }

  window.addEventListener("demo:released", function (event) {
    var state = added[event.detail];
    if (!state) return;
    state.dataset.state = "released";
    state.textContent = texts.released;
  });
  root.addEventListener("click", function (event) {
    var link = event.target.closest("[data-route]");
    if (!link || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    route();
  });
  window.addEventListener("popstate", route);
  route();
})();
