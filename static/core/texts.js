// What the pages say, in the language of their reader. Texts lie in `texts/`, one file a language.

import { store, stored } from "./session.js";

const KEY = "careerd.language";
export const LANGUAGES = { en: "English", uk: "Українська" };
let texts = {};
let plural = new Intl.PluralRules("en");
export let language = "en";

/** Loads the texts of the language that was chosen, or that the browser asks for. */
export async function loadTexts(wanted = stored(KEY) ?? navigator.language.slice(0, 2)) {
  language = wanted in LANGUAGES ? wanted : "en";
  texts = Object.assign({}, ...(await Promise.all(["", "-more"].map(textsOf))));
  plural = new Intl.PluralRules(language);
  document.documentElement.lang = language;
}

const textsOf = async (part) => (await import(`../texts/${language}${part}.js`)).texts;

/** Loads the texts of a part that most people never see. */
export async function loadTextsOf(part) {
  Object.assign(texts, await textsOf(`-${part}`));
}

/** Keeps a language for this browser; the page starts anew in it. */
export function chooseLanguage(wanted) {
  store(KEY, wanted);
  location.reload();
}

/** A text by its key. `{name}` in it is replaced; with `n` it may have several forms. */
export function t(key, values = {}) {
  let text = texts[key];
  if (text && typeof text === "object") text = text[plural.select(values.n)] ?? text.other;
  if (text === undefined) return key.split(".").pop();
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The word for a value the API names, such as `full-time`; the value itself when there is none. */
export const word = (group, value) => texts[`${group}.${value}`] ?? String(value ?? "").replaceAll("_", " ");
