// The view layer: `html` makes a description of some nodes, `render` puts it into the page and later changes only what
// differs. Values become text or attributes, never markup, so what people wrote cannot become part of the page's code.

const MARK = "\u2060h";
const compiled = new WeakMap();

/** A description of nodes. Its text is ours; its values may be anybody's. */
export const html = (strings, ...values) => ({ strings, values, key: undefined });

/** The same inside an `svg` element. */
export const svg = (strings, ...values) => ({ strings, values, key: undefined, svg: true });

/** Gives a description in a list the name by which it is found again. */
export const keyed = (key, template) => ({ ...template, key });

/** Shows `value` in `container`, changing what is there as little as possible. */
export function render(value, container) {
  container.$slot ??= new Slot(container.appendChild(document.createComment("")));
  container.$slot.set(value);
}

// A template's nodes, and where in them values stand: [path of child indexes, kind, name, pieces of text].
function compile({ strings, svg: inSvg }) {
  const known = compiled.get(strings);
  if (known) return known;
  let text = "";
  let inTag = false;
  strings.forEach((piece, at) => {
    text += piece;
    if (at === strings.length - 1) return;
    for (const c of piece) inTag = c === "<" ? true : c === ">" ? false : inTag;
    text += inTag ? `${MARK}${at}${MARK}` : `<!--${MARK}${at}-->`;
  });
  const template = document.createElement("template");
  template.innerHTML = inSvg ? `<svg>${text}</svg>` : text.replace(/^\s*\n\s*|\s*\n\s*$/g, "");
  if (inSvg) template.content.replaceChildren(...template.content.firstChild.childNodes);
  const places = [];
  const walk = (node, path) => {
    if (node.nodeType === Node.COMMENT_NODE && node.data.startsWith(MARK)) {
      places.push({ path, kind: "child", first: Number(node.data.slice(MARK.length)), count: 1 });
      node.data = "";
    }
    for (const { name, value } of [...(node.attributes ?? [])]) {
      if (!value.includes(MARK)) continue;
      const pieces = value.split(new RegExp(`${MARK}\\d+${MARK}`));
      const first = Number(value.split(MARK)[1]);
      node.removeAttribute(name);
      places.push({ path, kind: "attribute", name, pieces, first, count: pieces.length - 1 });
    }
    [...node.childNodes].forEach((child, at) => walk(child, [...path, at]));
  };
  [...template.content.childNodes].forEach((child, at) => walk(child, [at]));
  const made = { template, places };
  compiled.set(strings, made);
  return made;
}

// One use of a template in the page.
class Instance {
  constructor(description) {
    const { template, places } = compile(description);
    this.strings = description.strings;
    this.key = description.key;
    const fragment = document.importNode(template.content, true);
    const found = places.map(({ path }) => path.reduce((node, at) => node.childNodes[at], fragment));
    this.parts = places.map((place, at) =>
      place.kind === "child" ? { place, slot: new Slot(found[at]) } : { place, slot: new Attribute(found[at], place) });
    this.nodes = fragment;
  }

  update(values) {
    for (const { place, slot } of this.parts) slot.set(...values.slice(place.first, place.first + place.count));
  }
}

// A place among nodes: everything between `start` and `end` is its own.
class Slot {
  constructor(end) {
    this.end = end;
    this.start = document.createComment("");
    end.before(this.start);
    this.holds = null;
  }

  // Node by node: a range would be told of every later change of the document until it is collected.
  clear() {
    if (this.holds === null) return;
    while (this.start.nextSibling !== this.end) this.start.nextSibling.remove();
    this.holds = null;
  }

  /** Puts a description's nodes here: filled first where the page shows them, so that it is changed once. */
  show(description) {
    this.clear();
    this.holds = new Instance(description);
    if (this.end.isConnected) this.holds.update(description.values);
    this.end.before(this.holds.nodes);
    if (!this.end.isConnected) this.holds.update(description.values);
  }

  set(value) {
    if (value === null || value === undefined || value === false || value === true) {
      this.clear();
    } else if (Array.isArray(value)) {
      this.list(value);
    } else if (value instanceof Node) {
      if (this.holds === value) return;
      this.clear();
      this.end.before(value);
      this.holds = value;
    } else if (value.strings) {
      if (this.holds instanceof Instance && this.holds.strings === value.strings && this.holds.key === value.key) {
        this.holds.update(value.values);
        return;
      }
      this.show(value);
    } else {
      const text = String(value);
      if (this.holds instanceof Text) {
        if (this.holds.data !== text) this.holds.data = text;
        return;
      }
      this.clear();
      this.holds = document.createTextNode(text);
      this.end.before(this.holds);
    }
  }

  // Rows keep their nodes by key, or by place where they have none, and move where their key moved.
  list(values) {
    if (!(this.holds instanceof Map)) {
      this.clear();
      this.holds = new Map();
    }
    const old = this.holds;
    const next = new Map();
    let after = this.start;
    values.forEach((value, at) => {
      const key = value?.key ?? `#${at}`;
      const id = next.has(key) ? `${key}#${at}` : key;
      let row = old.get(id);
      old.delete(id);
      if (!row) {
        const end = document.createComment("");
        after.after(end);
        row = new Slot(end);
      } else if (after.nextSibling !== row.start) {
        row.moveAfter(after);
      }
      row.set(value);
      next.set(id, row);
      after = row.end;
    });
    for (const row of old.values()) {
      row.clear();
      row.start.remove();
      row.end.remove();
    }
    this.holds = next;
  }

  moveAfter(node) {
    const moved = [];
    for (let it = this.start; it !== this.end; it = it.nextSibling) moved.push(it);
    node.after(...moved, this.end);
  }
}

const ADDRESSES = new Set(["href", "src", "action", "formaction", "poster", "cite", "data", "xlink:href"]);
const SAFE = /^(?:https?:|mailto:|tel:|otpauth:|blob:|[/?#.]|[^:]*$)/i;
// A picture that is its own address is only shown, never led to.
const PICTURE = /^data:image\//i;

/** Whether a browser may be led there: no address that runs as code. */
// Browsers skip control characters and spaces inside a scheme, so they are looked through.
export const isSafeAddress = (text) => SAFE.test(String(text).replace(/[\u0000-\u0020\u007f-\u009f]/g, ""));

// `name=${…}` sets an attribute, `?name=` one that is there or not, `.name=` a property, `@name=` what happens then.
class Attribute {
  constructor(node, { name, pieces }) {
    this.node = node;
    this.kind = "?.@".includes(name[0]) ? name[0] : "";
    this.name = this.kind ? name.slice(1) : name;
    this.pieces = pieces;
    if (/^on/i.test(name) || (this.kind === "." && ADDRESSES.has(this.name)) || this.name === "style" || this.name === "srcdoc" || this.name === "innerhtml") {
      throw new Error(`${name} cannot be set from a template`);
    }
    if (this.kind === "@") node.addEventListener(this.name, (event) => this.last?.[0]?.call(node, event));
  }

  set(...values) {
    if (this.last && this.last.every((it, at) => it === values[at])) return;
    const first = this.last === undefined;
    this.last = values;
    const [value] = values;
    if (this.kind === "@") return;
    if (this.kind === "?") this.node.toggleAttribute(this.name, Boolean(value));
    else if (this.kind === ".") this.property(value, first);
    else if (this.pieces.length === 2 && !this.pieces[0] && !this.pieces[1]) this.attribute(value);
    else this.attribute(this.pieces.reduce((text, piece, at) => text + (values[at - 1] ?? "") + piece));
  }

  property(value, first) {
    if (this.name === "ref") {
      if (first) queueMicrotask(() => value(this.node));
    } else if (this.name === "scale") {
      this.node.style.setProperty("--part", value);
    } else {
      this.node[this.name] = value;
    }
  }

  attribute(value) {
    if (value === null || value === undefined || value === false) this.node.removeAttribute(this.name);
    else if (ADDRESSES.has(this.name.toLowerCase()) && !isSafeAddress(value) && !(this.name === "src" && PICTURE.test(value))) this.node.setAttribute(this.name, "#");
    else this.node.setAttribute(this.name, value === true ? "" : String(value));
  }
}
