// The service desk's box: arrows choose among what was found, Enter goes there; a scanner's Enter waits for the answer.
const words = document.getElementById("desk-words"), list = document.getElementById("desk-found");
const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => options().find((option) => option.ariaSelected === "true");
let goWhenFound = false;

function choose(option) {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) {
    option.id ||= `desk-option-${options().indexOf(option)}`;
    words.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else words.removeAttribute("aria-activedescendant");
}
const isOfNow = () => list.querySelector("[data-of]")?.dataset.of === words.value.trim();

words?.addEventListener("keydown", (event) => {
  const all = options(), at = all.indexOf(chosen());
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
  } else if (event.key === "Enter" && words.value.trim()) {
    event.preventDefault();
    goWhenFound = !isOfNow();
    if (!goWhenFound) (chosen() ?? all[0])?.click();
  } else if (event.key === "Escape") choose(null);
});
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.target?.id !== "desk-found" || !isOfNow()) return;
  choose(options()[0]);
  if (goWhenFound) { goWhenFound = false; chosen()?.click(); }
});

// A choice that draws the page anew at once.
document.addEventListener("change", (event) => event.target.matches("[data-sends]") && event.target.form.requestSubmit());
