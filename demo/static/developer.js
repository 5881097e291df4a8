// Shows what the consent script knows and does. Everything goes through textContent: nothing on this page is trusted.
(function () {
  "use strict";
  var texts = JSON.parse(document.getElementById("developer-texts").textContent);
  var root = document.querySelector("[data-under-the-hood]");
  var seen = window.demoEvents;

  function find(name) { return root.querySelector("[data-" + name + "]"); }

  function element(name, text, className) {
    var node = document.createElement(name);
    node.textContent = text;
    if (className) node.className = className;
    return node;
  }

  // Every second all of it is looked at again; what has not changed stays, so that it can be selected and copied.
  function put(name, nodes) {
    var holder = find(name);
    var text = nodes.map(function (node) { return node.outerHTML; }).join("");
    if (holder.shown === text) return;
    holder.shown = text;
    holder.replaceChildren.apply(holder, nodes);
  }

  function putText(name, text) {
    if (find(name).textContent !== text) find(name).textContent = text;
  }

  function present() { return Boolean(window.consent && typeof window.consent.state === "function"); }

  function showState() {
    find("absent").hidden = present();
    putText("state", present() ? JSON.stringify(window.consent.state(), null, 2) : "–");
  }

  // The cookie's name can be configured; its value always begins with the version of its format.
  function storedEntry() {
    return document.cookie.split("; ").find(function (pair) { return /^[^=]+=(v=1|v%3D1)/.test(pair); });
  }

  function readable(key, value) {
    if (key !== "t" && key !== "e") return value || "–";
    return value + "  (" + new Date(Number(value) * 1000).toLocaleString(document.documentElement.lang) + ")";
  }

  function mirrorLine(name, value) {
    var mirror = null;
    try { mirror = localStorage.getItem(name); } catch (error) { return "localStorage: " + error.name; }
    return "localStorage." + name + (mirror === value ? " = " : " ≠ ") + "cookie";
  }

  function showCookie() {
    var entry = storedEntry();
    var list = [];
    if (!entry) { put("cookie", [element("dt", "–"), element("dd", texts.cookie_none)]); return; }
    var name = entry.slice(0, entry.indexOf("="));
    var value = entry.slice(name.length + 1);
    new URLSearchParams(/^v%3D/.test(value) ? decodeURIComponent(value) : value).forEach(function (field, key) {
      var label = element("dt", texts.cookie_fields[key] || key);
      label.append(" ", element("code", key));
      list.push(label, element("dd", readable(key, field)));
    });
    list.push(element("dt", name), element("dd", mirrorLine(name, value)));
    put("cookie", list);
  }

  function showEvents() {
    if (!seen.length) return;
    put("events", seen.map(function (each) {
      var item = element("li", "");
      item.append(element("time", each.time), " ", element("strong", each.name), element("code", each.detail));
      return item;
    }));
  }

  // gtag pushes its `arguments`; everything else is an object pushed by somebody.
  function layerText(entry) {
    var isCommand = Object.prototype.toString.call(entry) === "[object Arguments]";
    return JSON.stringify(isCommand ? Array.from(entry) : entry);
  }

  function showLayer() {
    var items = (window.dataLayer || []).map(function (entry) { return element("li", layerText(entry)); });
    put("layer", items);
  }

  function tagRow(node) {
    var row = document.createElement("tr");
    var waiting = node.getAttribute("type") === "text/plain" || (node.hasAttribute("data-src") && !node.hasAttribute("src"));
    var state = element("td", texts.tag_state[waiting ? "waiting" : "released"], waiting ? "waiting" : "released");
    row.append(element("td", node.dataset.service), element("td", node.dataset.category));
    row.append(element("td", kind(node)), state);
    return row;
  }

  function kind(node) {
    var source = node.getAttribute("data-src") || node.getAttribute("src");
    return node.localName + " " + (source ? new URL(source, location.href).host : "inline");
  }

  function showTags() {
    var nodes = Array.from(document.querySelectorAll("script[data-service], iframe[data-service], img[data-service]"));
    put("tags", nodes.map(tagRow));
  }

  function refresh() {
    showState();
    showCookie();
    showEvents();
    showLayer();
    showTags();
  }

  function showReceipt() {
    Promise.resolve(window.consent.receipt()).then(function (receipt) {
      find("receipt-panel").hidden = false;
      find("receipt").textContent = receipt ? JSON.stringify(receipt, null, 2) : texts.receipt_none;
      find("receipt").focus();
    });
  }

  root.addEventListener("click", function (event) {
    var button = event.target.closest("[data-call]");
    if (!button || !present()) return;
    if (button.dataset.call === "receipt") showReceipt();
    else window.consent[button.dataset.call]();
  });
  ["ready", "shown", "change", "withdraw"].forEach(function (name) { window.addEventListener("consent:" + name, refresh); });
  window.addEventListener("load", refresh);
  setInterval(refresh, 1000);
  refresh();
})();
