// A link from a mail: says what it does, and does it when asked to. Opening it alone changes nothing, because mail
// programs open links by themselves.

const links = {
  verify: {
    title: "Confirm your address",
    what: "Confirm that this e-mail address is yours.",
    button: "Confirm address",
    address: "/api/auth/email/verify/",
    done: "Your address is confirmed. You can close this page.",
  },
  unsubscribe: {
    title: "Stop this kind of mail",
    what: "You will get no more mail of this kind. Other mail stays as it is.",
    button: "Stop this mail",
    address: "/api/notifications/unsubscribe/",
    done: "Done. You will get no more mail of this kind.",
  },
  restore: {
    title: "Restore your account",
    what: "Your account is out of use and about to be erased. Restoring it undoes that.",
    button: "Restore my account",
    address: "/api/auth/account/restore/",
    done: "Your account is restored. You can sign in again.",
  },
  "reset-password": {
    title: "Set a new password",
    what: "Choose a password of at least ten characters. Every sign-in of your account ends.",
    button: "Set this password",
    address: "/api/auth/password/reset/confirm/",
    done: "Your password is set. You can sign in with it.",
    ask: { field: "new_password", label: "New password", type: "password", autocomplete: "new-password" },
  },
};

// Without a token in it, this address asks for the mail that brings one.
const forgotten = {
  title: "Set a new password",
  what: "Give the address of your account. A link to set a new password is sent there.",
  button: "Send me a link",
  address: "/api/auth/password/reset/",
  done: "If there is such an account, the mail is on its way.",
  ask: { field: "email", label: "E-mail address", type: "email", autocomplete: "email" },
};

const [, kind, token] = location.pathname.split("/");
const link = kind === "reset-password" && !token ? forgotten : links[kind];
const show = (id, text) => { document.getElementById(id).textContent = text; };
const button = document.getElementById("go");

document.title = link.title;
show("title", link.title);
show("what", link.what);
button.textContent = link.button;
button.hidden = false;
const input = document.getElementById("answer");
if (link.ask) {
  input.type = link.ask.type;
  input.autocomplete = link.ask.autocomplete;
  show("label", link.ask.label);
  document.getElementById("ask").hidden = false;
}

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const answer = await fetch(link.address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        ...(token && { token: decodeURIComponent(token) }),
        ...(link.ask && { [link.ask.field]: input.value }),
      }),
    });
    if (answer.ok) {
      button.hidden = true;
      document.getElementById("ask").hidden = true;
      show("outcome", link.done);
      return;
    }
    const { detail, field_errors } = await answer.json();
    show("outcome", field_errors?.token?.[0] ?? field_errors?.[link.ask?.field]?.[0] ?? detail);
  } catch {
    show("outcome", "The server could not be reached. Try again in a moment.");
  }
  button.disabled = false;
});
