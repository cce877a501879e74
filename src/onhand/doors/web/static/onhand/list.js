// A list that moves with the stock: rows that are shown change in place, rows that are new wait behind a button.
const AGAIN_MS = 700;

document.addEventListener("live", (event) => later(event.target), true);
document.body.addEventListener("changed", () => document.querySelectorAll("[data-rows]").forEach(later));

const due = new WeakMap();
function later(list) {
  if (!list.matches?.("[data-rows]") || due.has(list)) return;
  due.set(list, setTimeout(() => { due.delete(list); refresh(list); }, AGAIN_MS));
}

async function refresh(list) {
  const answer = await fetch(list.dataset.rows, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(10_000) }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let unseen = 0;
  for (const row of fresh.querySelectorAll("tbody tr[id]")) {
    const shown = document.getElementById(row.id);
    if (shown) renew(shown, row);
    else unseen += 1;
  }
  const newer = list.querySelector(".newer");
  if (newer && unseen) {
    newer.textContent = newer.dataset.words.replace("%n", unseen);
    newer.hidden = false;
  }
}

function renew(shown, fresh) {
  [...fresh.cells].forEach((cell, place) => {
    const old = shown.cells[place];
    if (!old || old.classList.contains("choose") || old.innerHTML === cell.innerHTML) return;
    old.innerHTML = cell.innerHTML;
    htmx.process(old);
    old.classList.remove("changed");
    void old.offsetWidth; // so that the animation begins anew
    old.classList.add("changed");
  });
}

// Choosing rows for an act on all of them ---------------------------------------------------------------------------------
document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-rows]");
  if (!list || !event.target.matches(".choose input")) return;
  const boxes = [...list.querySelectorAll("tbody .choose input")];
  if (event.target.matches("thead input")) boxes.forEach((box) => { box.checked = event.target.checked; });
  const bar = list.querySelector(".bulk"), chosen = boxes.filter((box) => box.checked);
  if (!bar) return;
  bar.hidden = !chosen.length;
  bar.querySelector("[data-count]").textContent = chosen.length;
  const all = bar.querySelector("[name=all]");
  if (all) all.checked = false;
  bar.querySelector("[name=keys]").value = chosen.map((box) => box.value).join("\n");
});

// A filter offers only the comparisons its column knows, and its values where these are few --------------------------------
document.addEventListener("change", (event) => event.target.matches("[data-narrows]") && offer(event.target));
document.addEventListener("htmx:after:settle", offerAll);
offerAll();

function offerAll() {
  document.querySelectorAll("[data-narrows]").forEach(offer);
}

function offer(select) {
  const column = select.selectedOptions[0], form = select.form;
  const known = column.dataset.operators.split(" ");
  for (const option of form.elements.operator.options) option.hidden = option.disabled = !known.includes(option.value);
  if (!known.includes(form.elements.operator.value)) form.elements.operator.value = known[0];
  const choices = column.dataset.choices.split("|").filter(Boolean);
  form.querySelector("datalist").replaceChildren(...choices.map((words) => new Option(words, words)));
}
