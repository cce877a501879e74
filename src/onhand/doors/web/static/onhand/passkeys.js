// Passkeys: what the browser and the server tell each other is JSON; between the two, bytes.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function made({ publicKey }, passwordless) {
  const { user, challenge, excludeCredentials, authenticatorSelection } = publicKey;
  const wanted = passwordless ? { residentKey: "required", requireResidentKey: true, userVerification: "required" } : {};
  return navigator.credentials.create({ publicKey: {
    ...publicKey, challenge: bytes(challenge), user: { ...user, id: bytes(user.id) },
    excludeCredentials: listed(excludeCredentials), authenticatorSelection: { ...authenticatorSelection, ...wanted },
  } });
}

async function shown({ publicKey }) {
  const { challenge, allowCredentials } = publicKey;
  return navigator.credentials.get({ publicKey: { ...publicKey, challenge: bytes(challenge), allowCredentials: listed(allowCredentials) } });
}

// Of a passkey to sign in with, the server is asked when the button is pressed: a page may stand open for long.
async function options(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.asks, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).request_options;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const fault = form.querySelector("[data-fault]");
  if (!window.PublicKeyCredential) { form.hidden = true; continue; }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault.hidden = true;
    try {
      const asked = await options(form);
      const credential = form.dataset.passkey === "make" ? await made(asked, form.elements.passwordless?.checked) : await shown(asked);
      form.elements.credential.value = written(credential);
      form.submit();
    } catch {
      fault.hidden = false;
    }
  });
}
