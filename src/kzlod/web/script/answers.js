// Answers to queries: {kind: "rows", variables, rows}, {kind: "boolean", value} or {kind: "graph", text}.

export function read(mediaType, text) {
  if (!/json/.test(mediaType)) return { kind: "graph", text };
  const { head, boolean, results } = JSON.parse(text);
  if (boolean !== undefined) return { kind: "boolean", value: boolean };
  return { kind: "rows", variables: head.vars, rows: results.bindings };
}
