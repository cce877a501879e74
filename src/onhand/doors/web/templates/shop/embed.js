// Shows live stock on any page: <span data-onhand-sku="mug"></span>, and of one store with data-onhand-store="lisbon".
// The language is that of data-onhand-lang on this script, else the page's own, else English.
(() => {
  "use strict";
  const phrases = {{ phrases|safe }};
  const script = document.currentScript, home = new URL(script.src).origin;
  const wanted = (script.dataset.onhandLang || document.documentElement.lang || "en").toLowerCase();
  const lang = Object.keys(phrases).find(each => each === wanted) ||
    Object.keys(phrases).find(each => each.slice(0, 2) === wanted.slice(0, 2)) || "en";
  const words = phrases[lang];
  const most = 50;

  const said = word => {
    if (word.state === "few") {
      const left = Number(word.left);
      return (left === 1 ? words.one : words.few).replace("{}", left.toLocaleString(lang));
    }
    if (word.state !== "back") return words[word.state];
    const day = new Date(word.on).toLocaleDateString(lang === "en" ? "en-GB" : lang, {dateStyle: "medium", timeZone: "UTC"});
    return words.back.replace("{}", day);
  };

  const places = () => [...document.querySelectorAll("[data-onhand-sku]")];

  const show = told => {
    for (const place of places().filter(each => each.dataset.onhandSku === told.sku)) {
      const store = place.dataset.onhandStore;
      const word = store ? told.stores[store] || {state: "gone"} : told.send;
      place.textContent = said(word);
      place.dataset.onhandState = word.state;
    }
  };

  const listen = skus => {
    const topics = new URLSearchParams(skus.map(sku => ["topic", `shop:${sku}`]));
    const stream = new EventSource(`${home}/live?${topics}`);
    const again = () => { stream.close(); setTimeout(() => listen(skus), 15000 + Math.random() * 15000); };
    stream.addEventListener("shelf", message => show(JSON.parse(message.data)));
    stream.addEventListener("lagged", again);
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) again(); });
  };

  const begin = () => {
    const skus = [...new Set(places().map(each => each.dataset.onhandSku))].filter(Boolean);
    for (let at = 0; at < skus.length; at += most) listen(skus.slice(at, at + most));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
