// What the pages say, in the language of their reader. Texts lie in `texts/`, by language and by what they are about.

import { store, stored } from "./session.js";

const KEY = "careerd.language";
export const LANGUAGES = { en: "English", uk: "Українська" };
const AREAS = ["everywhere", "start"];
let texts = {};
let plural = new Intl.PluralRules("en");
export let language = "en";
// How what the API says in English is said here: patterns with what stands for them.
let answers = [];

/** Loads the texts of the language that was chosen, or that the browser asks for. */
export async function loadTexts(wanted = stored(KEY) ?? navigator.language.slice(0, 2)) {
  language = wanted in LANGUAGES ? wanted : "en";
  plural = new Intl.PluralRules(language);
  document.documentElement.lang = language;
  const [said, ...areas] = await Promise.all([language === "en" ? null : module("answers"), ...AREAS.map(module)]);
  texts = Object.assign({}, ...areas.map((it) => it.texts));
  answers = said ? said.answers.map(pattern) : [];
}

const module = (area) => import(`../texts/${language}/${area}.js`);

/** Loads the texts of an area that not every screen needs. */
export async function loadTextsOf(area) {
  Object.assign(texts, (await module(area)).texts);
}

/** Keeps a language for this browser; the page starts anew in it. */
export function chooseLanguage(wanted) {
  store(KEY, wanted);
  location.reload();
}

// A fraction that the API wrote has a point; here it has what the language has.
const shown = (value) => /^\d+\.\d+$/.test(value) ? new Intl.NumberFormat(language).format(value) : value ?? "";

const fill = (text, values) => {
  const form = typeof text === "object" ? text[plural.select(Number(values.n))] ?? text.other : text;
  return form.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
};

/** A text by its key. `{name}` in it is replaced; with `n` it may have several forms. */
export const t = (key, values = {}) => texts[key] === undefined ? key.split(".").pop() : fill(texts[key], values);

/** The word for a value the API names, such as `full-time`; the value itself when there is none. */
export const word = (group, value) => texts[`${group}.${value}`] ?? String(value ?? "").replaceAll("_", " ");

function pattern([english, text]) {
  const names = [];
  const source = english.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, (_, name) => {
    names.push(name);
    return /^n\d?$/.test(name) ? "(\\d+(?:\\.\\d+)?)" : "(.+?)";
  });
  return { form: new RegExp(`^${source}$`), names, text };
}

/** A sentence of the API in the language of the reader, or as it came when it is not known here. */
export const said = (sentence) => (answers.length && sentence && (known(sentence) ?? whole(sentence))) || sentence;

function known(sentence) {
  for (const { form, names, text } of answers) {
    const found = form.exec(sentence)?.slice(1);
    if (!found) continue;
    const values = Object.fromEntries(names.map((name, at) => [name, found[at]]));
    if (values.also) values.also = known(values.also) ?? several(values.also) ?? values.also;
    if (values.names) values.names = values.names.replace(/ and (?=[^,]*$)/, " і ");
    if (values.status) values.status = known(values.status) ?? values.status;
    if (values.name) values.name = known(values.name) ?? values.name;
    return fill(text, values);
  }
  return undefined;
}

// What is told as one sentence may be several that are known: "It fits your level and learners rate it 4.2 of 5."
function whole(sentence) {
  const told = several(sentence.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase()));
  return told && `${told.replace(/^./, (first) => first.toUpperCase())}.`;
}

function several(text) {
  const parts = text.split(/, and |, | and /).map(known);
  return parts.every((it) => it !== undefined) ? parts.join(", ").replace(/, (?=[^,]*$)/, " і ") : undefined;
}
