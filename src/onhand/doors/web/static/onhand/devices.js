// Alerts on this device: its owner is asked, the browser subscribes with the shop's key, the server keeps what it gives.
const part = () => document.getElementById("devices");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const same = (buffer, key) => buffer && String(new Uint8Array(buffer)) === String(key);

// Why nothing can be shown here, if so; the sentence to each stands on the page.
function hindrance() {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    // An iPhone shows notifications only of what is on its home screen. Only Apple's browsers say whether a page is.
    return navigator.standalone === false ? "elsewhere" : "without";
  }
  return Notification.permission === "denied" ? "denied" : "";
}

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return worker?.pushManager.getSubscription();
}

// One that was made with another key of the shop is of no use any more.
const useful = (found) => same(found.options.applicationServerKey, bytes(part().dataset.key));

// The row of this browser, if it is in the list.
async function rowOf(found) {
  return found ? part().querySelector(`[data-device="${await digest(found.endpoint)}"]`) : null;
}

async function digest(text) {
  const raw = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(raw)].map((each) => each.toString(16).padStart(2, "0")).join("");
}

let here = ""; // the digest of this browser, while it is in the list
let renewed = false; // once a page is enough: what fails by itself is left to the button

async function look() {
  if (!part()?.dataset.key) return;
  let state = hindrance(), row = null;
  if (!state) {
    const found = await subscription();
    row = await rowOf(found);
    // Taken off here: the browser need not listen any longer.
    if (found && !row && here === (await digest(found.endpoint))) await found.unsubscribe();
    here = row ? row.dataset.device : "";
    row?.querySelector("[data-here]").removeAttribute("hidden");
    state = row && useful(found) && !("silent" in row.dataset) ? "on" : "off";
  }
  for (const each of part().querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== state;
  // Its owner has not taken it off: the shop's key changed, and only the browser itself can subscribe with the new one.
  if (row && state === "off" && Notification.permission === "granted" && !renewed) {
    renewed = true;
    await attempt();
  }
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return look();
  await navigator.serviceWorker.register(part().dataset.worker, { scope: "/" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const { key, turnsOn } = part().dataset, old = await pushManager.getSubscription();
  const instead = (await rowOf(old))?.dataset.number ?? "";
  if (old && !useful(old)) await old.unsubscribe();
  const given = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  const values = { subscription: JSON.stringify(given), key, instead };
  return htmx.ajax("POST", turnsOn, { values, swap: "none" });
}

async function attempt() {
  const failed = part().querySelector("[data-failed]"), button = part().querySelector("[data-turns-on-here]");
  button.disabled = true;
  failed.hidden = true;
  try {
    await turnOn();
  } catch {
    failed.hidden = false;
  }
  button.disabled = false;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-turns-on-here]")) attempt();
});
// The list is drawn anew when something changed.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.target?.id === "wishes") look();
});
look();
