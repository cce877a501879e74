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
  const found = await worker?.pushManager.getSubscription();
  // One that was made with another key of the shop is of no use any more.
  return found && same(found.options.applicationServerKey, bytes(part().dataset.key)) ? found : null;
}

async function digest(text) {
  const raw = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(raw)].map((each) => each.toString(16).padStart(2, "0")).join("");
}

let here = ""; // the digest of this browser, while it is in the list

async function look() {
  if (!part()?.dataset.key) return;
  let state = hindrance();
  if (!state) {
    const found = await subscription();
    const mark = found ? await digest(found.endpoint) : "";
    const row = mark ? part().querySelector(`[data-device="${mark}"]`) : null;
    // Taken off here: the browser need not listen any longer.
    if (found && !row && here === mark) await found.unsubscribe();
    here = row ? mark : "";
    row?.querySelector("[data-here]").removeAttribute("hidden");
    state = row ? "on" : "off";
  }
  for (const each of part().querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== state;
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return look();
  await navigator.serviceWorker.register(part().dataset.worker, { scope: "/" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const key = bytes(part().dataset.key), old = await pushManager.getSubscription();
  if (old && !same(old.options.applicationServerKey, key)) await old.unsubscribe();
  const given = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  return htmx.ajax("POST", part().dataset.turnsOn, { values: { subscription: JSON.stringify(given) }, swap: "none" });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-turns-on-here]");
  if (!button) return;
  const failed = part().querySelector("[data-failed]");
  button.disabled = true;
  failed.hidden = true;
  try {
    await turnOn();
  } catch {
    failed.hidden = false;
  }
  button.disabled = false;
});
// The list is drawn anew when something changed.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.target?.id === "wishes") look();
});
look();
