// What every page can do: find things, follow keys, open the drawer, show a toast that can be undone.
const $ = (id) => document.getElementById(id);
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

// Dialogs -------------------------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) open(opener.dataset.opens);
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog")) event.target.close(); // the ground around it
  event.target.closest("[data-dismisses]")?.closest("[data-toast]")?.remove();
});

function open(id) {
  const dialog = $(id);
  if (!dialog.open) dialog.showModal();
  if (id === "palette") {
    const words = $("palette-words");
    words.select();
    htmx.trigger(words, "open");
  }
}

// The event comes from whoever asked, not from what was filled.
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx?.target;
  if (target?.id === "drawer-content" && target.childElementCount) fillIn(target);
  if (target?.id === "found") found(target);
});

// The drawer opens where one begins to type, and comes back to what is at fault; else a dialog begins at its way out.
function fillIn(content) {
  if (!$("drawer").open) $("drawer").showModal();
  const fields = "input:not([type=hidden]), select, textarea";
  (content.querySelector("[aria-invalid=true]") ?? content.querySelector(fields))?.focus();
}
document.body.addEventListener("drawer-close", () => $("drawer").close());
$("drawer")?.addEventListener("close", () => $("drawer-content").replaceChildren());

// The palette: arrows choose, Enter goes --------------------------------------------------------------------------------
$("palette-words")?.addEventListener("keydown", (event) => {
  const options = [...$("found").querySelectorAll("[role=option]")];
  const at = options.findIndex((option) => option.ariaSelected === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = options[(at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length];
    options.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
    next?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter") {
    event.preventDefault();
    goWhenFound = !isOf($("found"), event.target.value);
    if (!goWhenFound) options[at]?.click();
  }
});
// A scanner presses Enter before the answer is there.
let goWhenFound = false;
function found(list) {
  if (!goWhenFound || !isOf(list, $("palette-words").value)) return;
  goWhenFound = false;
  list.querySelector("[role=option]")?.click();
}

// Whether this was found by these words: an answer to what was typed before may come late.
function isOf(list, words) {
  return list.querySelector("[data-of]")?.dataset.of === words;
}

// Keys: a chord of two letters goes to a page; a burst that ends in Enter comes from a scanner ----------------------------
let chord = "", burst = "", last = 0;
const SCANNER_MS = 40, CHORD_MS = 1200;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return open("palette");
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const pause = event.timeStamp - last;
  last = event.timeStamp;
  burst = event.key.length === 1 ? (pause < SCANNER_MS ? burst + event.key : event.key) : burst;
  if (event.key === "Enter" && pause < SCANNER_MS && burst.length >= 6) return scanned(burst, event);
  if (event.key === "/") { event.preventDefault(); return open("palette"); }
  if (event.key === "?") return open("shortcuts");
  if (rowKey(event)) return;
  chord = pause < CHORD_MS && chord === "g" ? `g ${event.key}` : event.key;
  document.querySelector(`.side [data-keys="${CSS.escape(chord)}"]`)?.click();
});

function scanned(code, event) {
  event.preventDefault();
  $("palette-words").value = code;
  goWhenFound = true;
  open("palette");
}

// Rows: j and k walk, x chooses, Enter opens ------------------------------------------------------------------------------
function rowKey(event) {
  const rows = [...document.querySelectorAll(".rows tbody tr")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.classList.contains("here"));
  if (event.key === "j" || event.key === "k") {
    const next = rows[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1)];
    rows[at]?.classList.remove("here");
    next.classList.add("here");
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  if (at >= 0 && event.key === "x") { rows[at].querySelector("[type=checkbox]")?.click(); return true; }
  if (at >= 0 && event.key === "Enter" && event.target === document.body) { rows[at].querySelector("a")?.click(); return true; }
  return false;
}

// Copying what is shown: to the clipboard where the browser lets us, else it is chosen for the reader to copy ---------------
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const shown = $(button.dataset.copies);
  shown.select();
  try {
    await navigator.clipboard.writeText(shown.value);
  } catch {
    if (!document.execCommand("copy")) return;
  }
  button.querySelector("span").textContent = button.dataset.words;
});

// Toasts: sent by the server with an answer, as the event "toast" -----------------------------------------------------------
document.body.addEventListener("toast", (event) => toast(event.detail));
const TOAST_MS = 9000;

function toast({ words, undo, tone }) {
  const card = document.createElement("div");
  card.className = `toast-card ${tone ?? ""}`;
  card.dataset.toast = "";
  const text = card.appendChild(document.createElement("span"));
  text.textContent = words;
  if (undo) {
    const button = card.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "undo";
    button.textContent = undo.words;
    button.addEventListener("click", () => {
      card.remove();
      htmx.ajax("POST", undo.address, { values: { token: undo.token }, swap: "none" });
    });
  }
  $("toasts").append(card);
  setTimeout(() => card.matches(":hover, :focus-within") || card.remove(), TOAST_MS);
}

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx?.sourceElement?.closest("[data-quiet]")) return;
  toast({ words: document.body.dataset.unreachable, tone: "bad" });
});
