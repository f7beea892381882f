// Reading the schemas of the description: what a field is, in words, and an example of a body.

/** The schema that a reference names, or the schema itself. */
export const resolved = (api, schema) => {
  const name = schema?.$ref?.split("/").at(-1);
  return name ? { ...api.components.schemas[name], name } : (schema ?? {});
};

const choices = (schema) => (schema.oneOf ?? schema.anyOf ?? []).filter((it) => it.type !== "null");

/** A type in words: `text`, `number or null`, `list of Skill`, one of some words. */
export function typeOf(api, schema) {
  if (!schema) return "anything";
  const parts = schema.oneOf ?? schema.anyOf;
  if (parts) return [...new Set(parts.map((it) => typeOf(api, it)))].join(" or ");
  const whole = resolved(api, schema);
  if (whole.enum) return whole.enum.map((it) => `“${it}”`).join(" | ");
  if (Array.isArray(whole.type)) return whole.type.join(" or ");
  if (whole.type === "array") return `list of ${typeOf(api, whole.items)}`;
  if (whole.properties || whole.allOf) return whole.name ?? "object";
  return whole.type ?? whole.name ?? "anything";
}

/** The fields of an object with those of its parts: name, schema, whether it is required. */
export function fieldsOf(api, schema) {
  const whole = resolved(api, choices(schema ?? {})[0] ?? schema);
  if (whole.type === "array") return fieldsOf(api, whole.items);
  const own = Object.entries(whole.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(api, field),
    about: field.description ?? choices(field)[0]?.description ?? resolved(api, field).description ?? "",
    required: whole.required?.includes(name) ?? false,
    schema: field,
  }));
  return [...own, ...(whole.allOf ?? []).flatMap((part) => fieldsOf(api, part))];
}

/** A body to begin with: the required fields, empty. */
export function example(api, schema) {
  const empty = (field) => {
    const whole = resolved(api, choices(field)[0] ?? field);
    if (whole.enum) return whole.enum[0];
    const type = Array.isArray(whole.type) ? whole.type[0] : whole.type;
    return { string: "", integer: 0, number: 0, boolean: false, array: [], object: {} }[type] ?? null;
  };
  const fields = fieldsOf(api, schema).filter((it) => it.required);
  return JSON.stringify(Object.fromEntries(fields.map((it) => [it.name, empty(it.schema)])), null, 2);
}
