// Who is here: the access token lies in memory only; a cookie that no script can read brings the next one.

export const HINT = "careerd.signed-in";

export const session = { access: null, user: null, rights: null };
const listeners = new Set();

/** Calls `told` whenever somebody signs in or out, or their account changes. */
export const onSession = (told) => listeners.add(told);
const tell = () => listeners.forEach((told) => told(session));

// Only says that asking for a token is worth a call; it opens nothing.
export const mayBeSignedIn = () => stored(HINT) === "yes";

export function stored(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

export function store(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch { /* A browser that keeps nothing still works. */ }
}

export function signedIn(access, user) {
  session.access = access;
  if (user) session.user = user;
  store(HINT, "yes");
  tell();
}

export function changedUser(user) {
  session.user = user;
  tell();
}

export function signedOut() {
  const was = Boolean(session.user);
  session.access = null;
  session.user = null;
  store(HINT, null);
  if (was) tell();
}

const may = (flag) => () => Boolean(session.user?.is_staff || session.user?.[flag]);
export const isAdmin = () => Boolean(session.user?.is_staff);
export const isRecruiter = may("is_recruiter");
export const isInstructor = may("is_instructor");
export const isModerator = may("is_moderator");
