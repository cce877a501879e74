// The window's page follows the stock: one stream for all that it shows. Without it the page is right when it is loaded.
"use strict";
(() => {
  const root = document.documentElement.dataset;
  // Days as the page itself writes them: the day first.
  const lang = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const day = text => new Intl.DateTimeFormat(lang, {
    day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
  }).format(new Date(text));
  const figure = text => new Intl.NumberFormat(lang).format(Number(text));

  const said = word => {
    if (word.state === "few") return (Number(word.left) === 1 ? root.one : root.few).replace("{}", figure(word.left));
    return word.state === "back" ? root.back.replace("{}", day(word.on)) : root[word.state];
  };

  const show = (place, word) => {
    const {left = "", on = ""} = word;
    if (place.classList.contains(word.state) && place.dataset.left === left && place.dataset.on === on) return;
    place.textContent = said(word);
    place.className = `word ${word.state} changed`;
    Object.assign(place.dataset, {left, on});
  };

  const hear = told => {
    for (const place of document.querySelectorAll(`[data-sku="${CSS.escape(told.sku)}"]`)) {
      const where = place.dataset.where;
      show(place, where === "send" ? told.send : told.stores[where] || {state: "gone"});
    }
    for (const buy of document.querySelectorAll(`[data-buy="${CSS.escape(told.sku)}"]`)) buy.dataset.state = told.send.state;
    for (const other of document.querySelectorAll(`[data-instead="${CSS.escape(told.sku)}"]`)) {
      other.hidden = ["plenty", "few"].includes(told.send.state);
    }
  };

  const stand = document.querySelector("[data-live]");
  if (stand && window.EventSource) {
    const listen = () => {
      const stream = new EventSource(stand.dataset.live);
      stream.addEventListener("shelf", message => hear(JSON.parse(message.data)));
      // Too much at once: come again, and hear how it stands.
      stream.addEventListener("lagged", () => { stream.close(); listen(); });
      stream.addEventListener("ready", () => { stand.dataset.listening = ""; });
      // Refused for good (too many look): asked again later, not all in the same moment.
      stream.addEventListener("error", () => {
        if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 15000 + Math.random() * 15000);
      });
    };
    // The page first: the stream takes a connection that a slow line needs.
    addEventListener("load", listen);
  }

  const locate = document.querySelector("[data-locate]");
  if (locate && navigator.geolocation) {
    locate.hidden = false;
    locate.addEventListener("click", () => {
      locate.disabled = true;
      navigator.geolocation.getCurrentPosition(found => {
        // As near as a store is far: to about ten kilometres, and no nearer.
        const near = `${found.coords.latitude.toFixed(1)},${found.coords.longitude.toFixed(1)}`;
        location.search = new URLSearchParams({near});
      }, () => {
        locate.disabled = false;
        document.getElementById("near").focus();
      }, {timeout: 10000, maximumAge: 600000});
    });
  }
})();
