// Confirming by a passkey: it signs what the server names, and the form goes off with its answer.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-signs]");
  if (!button) return;
  const { publicKey } = JSON.parse(button.dataset.signs);
  publicKey.challenge = bytes(publicKey.challenge);
  publicKey.allowCredentials = publicKey.allowCredentials?.map((each) => ({ ...each, id: bytes(each.id) }));
  try {
    const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = response;
    const parts = { clientDataJSON, authenticatorData, signature, ...(userHandle && { userHandle }) };
    const said = Object.fromEntries(Object.entries(parts).map(([name, buffer]) => [name, text(buffer)]));
    const form = button.form;
    form.elements.proof_passkey.value = JSON.stringify({ id, rawId: text(rawId), type, response: said, clientExtensionResults: {} });
    form.requestSubmit();
  } catch {
    button.querySelector("span").textContent = button.dataset.words;
  }
});
