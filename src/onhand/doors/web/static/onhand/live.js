// One stream of news for all tabs of this browser. Whichever tab holds the lock listens for all of them and passes on
// what it hears; when it is closed, the next one goes on from the last event heard.
//
// An element says what it is about: data-live="sku:MUG site:london", each topic percent-encoded. When something of that
// happens it hears "live".
const channel = new BroadcastChannel("onhand-live");
const me = crypto.randomUUID();
const wishes = new Map(); // tab → {topics, at}
const FORGET_MS = 45_000, TELL_MS = 15_000, AGAIN_MS = 3_000, MOST_TOPICS = 300;
const KINDS = document.querySelector("meta[name=live-kinds]").content.split(" ");
let source = null, listeningTo = "", last = "", leading = false;

const topicsOf = (one) => one.dataset.live.split(/\s+/).filter(Boolean).map(decodeURIComponent);
const wanted = () => [...new Set([...document.querySelectorAll("[data-live]")].flatMap(topicsOf))].slice(0, MOST_TOPICS);

function tell() {
  const topics = document.hidden && !leading ? [] : wanted();
  wishes.set(me, { topics, at: Date.now() });
  channel.postMessage({ wish: topics, from: me });
  if (leading) listen();
}

function listen() {
  for (const [tab, wish] of wishes) if (tab !== me && Date.now() - wish.at > FORGET_MS) wishes.delete(tab);
  const topics = [...new Set([...wishes.values()].flatMap((wish) => wish.topics))].sort().slice(0, MOST_TOPICS);
  const key = topics.join("\n");
  if (key === listeningTo && source?.readyState !== EventSource.CLOSED) return;
  source?.close();
  source = null;
  listeningTo = key;
  if (!topics.length) return share({ state: "idle" });
  const query = new URLSearchParams(topics.map((topic) => ["topic", topic]));
  if (last) query.set("after", last);
  source = new EventSource(`/live?${query}`);
  source.onopen = () => share({ state: "on" });
  source.onerror = () => {
    share({ state: "off" });
    if (source?.readyState === EventSource.CLOSED) setTimeout(() => leading && listen(), AGAIN_MS);
  };
  for (const kind of KINDS) source.addEventListener(kind, (event) => {
    last = event.lastEventId || last;
    share({ about: about(kind, JSON.parse(event.data)), last });
  });
}

// The topics a message is about. An event of an order does not say its number, so it is about every order that is shown.
function about(kind, data) {
  if (kind === "lagged") return data.topics;
  const of = data.topic ? "" : data.subject.split("/")[0];
  return data.topic ? [data.topic] : [`${of}:`, of];
}

function share(news) {
  channel.postMessage(news);
  hear(news);
}

function hear(news) {
  if (news.state) {
    const state = document.getElementById("live-state");
    if (state) state.dataset.state = news.state;
    return;
  }
  last = news.last || last;
  for (const one of document.querySelectorAll("[data-live]")) {
    const topics = topicsOf(one);
    if (news.about.some((each) => topics.some((topic) => topic === each || (each.endsWith(":") && topic.startsWith(each))))) {
      one.dispatchEvent(new CustomEvent("live"));
    }
  }
}

channel.onmessage = ({ data }) => {
  if (data.from) {
    wishes.set(data.from, { topics: data.wish, at: Date.now() });
    if (leading) {
      listen();
      channel.postMessage({ state: source?.readyState === EventSource.OPEN ? "on" : "off" });
    }
  } else hear(data);
};

navigator.locks.request("onhand-live", () => new Promise(() => {
  leading = true;
  tell();
}));
tell();
setInterval(tell, TELL_MS);
document.addEventListener("visibilitychange", tell);
document.addEventListener("htmx:after:settle", tell);
addEventListener("pagehide", () => channel.postMessage({ wish: [], from: me }));
