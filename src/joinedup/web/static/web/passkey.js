// Asks the browser for a passkey, to add one or to sign in with one. Without this file the page says that it needs it,
// and offers the other ways.
const form = document.querySelector("form[data-passkey]");

if (form && window.PublicKeyCredential) start();

function start() {
  const says = form.querySelector("[data-passkey-says]");
  const button = form.querySelector("button[type=submit]");
  const ask = form.dataset.passkey;

  form.hidden = false;
  document.querySelector("[data-passkey-without]").hidden = true;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    says.textContent = "";
    button.disabled = true;
    try {
      const publicKey = asBytes(JSON.parse(form.dataset.options).publicKey);
      const credential = await navigator.credentials[ask]({ publicKey });
      form.elements.credential.value = JSON.stringify(asText(credential));
      form.submit();
    } catch (error) {
      says.textContent = error.name === "InvalidStateError" && ask === "create" ? form.dataset.already : form.dataset.failed;
      button.disabled = false;
    }
  });
  // Back from another page without loading: what the server asked for is used up.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}

// The server writes bytes as base64url, and the browser wants bytes. (parseCreationOptionsFromJSON does so too, but
// many browsers that people have do not know it yet.)
function asBytes(options) {
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) found.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) found.allowCredentials = known(options.allowCredentials);
  return found;
}

function asText(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function bytes(written) {
  const plain = atob(written.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
