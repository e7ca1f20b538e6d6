// An answer as it is shown: rows as a table, a chart or a map; a graph as Turtle; yes or no.
import { chart } from "./chart.js";
import { downloads } from "./download.js";
import { button, element } from "./elements.js";
import { hasPlaces, map } from "./map.js";
import { plotted } from "./plotted.js";
import { table } from "./table.js";
import { namer } from "./terms.js";
import { say } from "./words.js";

const SHOWN = 200_000; // letters of Turtle

// `context` is what the page knows (engine.js); where it has a plot, rows are drawn by it too.
export function results(answer, context, ask) {
  const names = namer(ask, context.language);
  const picture = context.plot && answer.rows?.length ? plotted(answer, context.plot, context, names) : null;
  return [
    ...(picture ? [picture] : []),
    ...views(answer, context, names),
    element("p", { class: "row" }, element("span", {}, say("download")), ...downloads(answer)),
  ];
}

function views(answer, context, names) {
  if (answer.kind === "boolean") return [element("p", { class: "lead" }, say(answer.value ? "yes" : "no"))];
  if (answer.kind === "graph") {
    if (!answer.text.trim()) return [element("p", {}, say("noTriples"))];
    const pre = element("pre", { tabindex: "0" }, answer.text.slice(0, SHOWN));
    return answer.text.length > SHOWN ? [pre, element("p", {}, say("moreTurtle"))] : [pre];
  }
  if (!answer.rows.length) return [element("p", {}, say("noRows"))];
  const ways = [
    ["table", () => table(answer, context, names)],
    ["chart", () => chart(answer, context, names)],
  ];
  if (hasPlaces(answer)) ways.push(["map", () => map(answer, context, names)]);
  const place = element("div");
  const buttons = ways.map(([name, make]) =>
    button(say(name), ({ currentTarget }) => {
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === currentTarget));
      place.replaceChildren(make());
    }),
  );
  buttons[0].click();
  return [element("p", { class: "row", role: "group", "aria-label": say("shownAs") }, ...buttons), place];
}
