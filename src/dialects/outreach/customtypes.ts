/** Knows what is told of custom fields: which there are, and what each takes. */
import { prospect } from "./tables/prospect";

const CUSTOM = Object.keys(prospect.attributes).filter((name) => /^custom\d+$/.test(name));

/** All take any text: nobody has said otherwise of any. */
export function customTypes() {
  const validations = CUSTOM.map((name) => [name, { type: "string", required: false, label: name, definition: null }]);
  return { data: [{ type: "prospect", meta: { validations: Object.fromEntries(validations) } }] };
}
