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
};

const [, kind, token] = location.pathname.split("/");
const link = links[kind];
const show = (id, text) => { document.getElementById(id).textContent = text; };
const button = document.getElementById("go");

document.title = link.title;
show("title", link.title);
show("what", link.what);
button.textContent = link.button;
button.hidden = false;

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const answer = await fetch(link.address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: decodeURIComponent(token) }),
    });
    if (answer.ok) {
      button.hidden = true;
      show("outcome", link.done);
      return;
    }
    const { detail, field_errors } = await answer.json();
    show("outcome", field_errors?.token?.[0] ?? detail);
  } catch {
    show("outcome", "The server could not be reached. Try again in a moment.");
  }
  button.disabled = false;
});
