// The chart that a canned query's header asks for, by the rules of `kzlod.web.chart`: bars, a curve, ties of two columns
// or a map, a picture for each unit; bars that count are not parted. A plot is {"kind", and the column of each role}.
import { bars, colours, curve } from "./chart.js";
import { drawn, element } from "./elements.js";
import { map } from "./map.js";
import { head, number, shown } from "./terms.js";
import { say } from "./words.js";

const NEEDED = ["x", "y", "latitude", "longitude", "from", "to"];
const NUMBERS = { bar: ["x"], map: ["latitude", "longitude"] };
const TEMPORAL = [/^\d{4}$/, /^\d{4}-\d\d(-\d\d)?$/];
const MOST = 60; // names on the left of ties
const [WIDTH, ROW, LEFT, RIGHT, LETTERS] = [720, 22, 300, 420, 40];

export function plotted({ variables, rows }, { kind, ...given }, context, names) {
  const usual = ["unit", "source"].filter((name) => variables.includes(name)).map((name) => [name, name]);
  const columns = { ...Object.fromEntries(usual), ...given };
  const has = (row, role) => !columns[role] || row[columns[role]];
  const whole = rows.filter(
    (row) =>
      NEEDED.every((role) => has(row, role)) &&
      (NUMBERS[kind] ?? []).every((role) => !columns[role] || number(row[columns[role]]) !== null),
  );
  if (!whole.length || !Object.values(columns).every((name) => variables.includes(name))) return null;
  if (kind === "map") return map(placed(whole, columns), context, names);

  const place = element("div", { class: "drawing" });
  const written = (row, role) => (columns[role] ? shown(row[columns[role]], context, names) : "");
  const text = (row, role) => written(row, role) || (role === "series" && columns.series ? say("notGiven") : "");
  const headOf = (role) => head(columns[role], context).text;
  const draw = () => place.replaceChildren(...pictures(kind, whole, columns, text, headOf));
  draw();
  const terms = whole.flatMap((row) => Object.values(columns).map((name) => row[name]));
  names.of([...new Set(terms.flatMap((term) => (term?.type === "uri" ? [term.value] : [])))]).then(draw);
  return place;
}

function pictures(kind, rows, columns, text, headOf) {
  if (kind === "network") return ties(rows, text);
  if (kind === "bar" && !columns.x) return counted(rows, columns, text, headOf);
  const units = Map.groupBy(rows, (row) => text(row, "unit"));
  return [...units].flatMap(([unit, those]) => [
    ...(unit ? [element("p", { class: "unit" }, unit)] : []),
    ...picture(kind, those, columns, text, headOf),
  ]);
}

function picture(kind, rows, columns, text, headOf) {
  const isNumber = (role) => rows.every((row) => number(row[columns[role]]) !== null);
  if (kind === "bar") return barred(rows, columns, text, headOf, "y", "x");
  const dated = TEMPORAL.some((form) => rows.every((row) => form.test(row[columns.x].value)));
  const [isX, isY] = [isNumber("x"), isNumber("y")];
  if (isY && (isX || dated) && new Set(rows.map((row) => row[columns.x].value)).size > 1) {
    const at = isX ? (term) => number(term) : ({ value }) => day(value);
    const points = rows.map((row) => ({
      x: at(row[columns.x]),
      text: text(row, "x"),
      value: number(row[columns.y]),
      series: text(row, "series"),
      source: text(row, "source"),
    }));
    return curve(points, headOf("y"));
  }
  if (isY) return barred(rows, columns, text, headOf, "x", "y");
  return isX ? barred(rows, columns, text, headOf, "y", "x") : counted(rows, columns, text, headOf);
}

// A date as a number of years.
function day(value) {
  const [year, month = 1, date = 1] = value.split("-").map(Number);
  return year + (month - 1) / 12 + (date - 1) / 366;
}

// Bars as long as the number in a column.
function barred(rows, columns, text, headOf, name, length) {
  const called = (row) => [...new Set([name, "shape", "series"].map((role) => text(row, role)).filter(Boolean))];
  const points = rows
    .map((row) => ({
      text: called(row).join(" · "),
      value: number(row[columns[length]]),
      series: text(row, "series"),
      source: text(row, "source"),
    }))
    .filter(({ value }) => value !== null);
  return points.length ? bars(points, headOf(length), true) : [];
}

// Bars as long as a name is frequent, the most frequent first.
function counted(rows, columns, text, headOf) {
  const times = [...Map.groupBy(rows, (row) => text(row, "y"))];
  const points = times.map(([name, those]) => ({ text: name, value: those.length }));
  points.sort((one, other) => other.value - one.value || (one.text < other.text ? -1 : 1));
  return bars(points, headOf("y"), true);
}

// What goes from what to what; a name on the right stands at the middle of those that it is tied to.
function ties(rows, text) {
  const tied = Map.groupBy(rows, (row) => JSON.stringify(["from", "to", "series"].map((role) => text(row, role))));
  const pairs = [...tied.values()].map(([row]) => ["from", "to", "series"].map((role) => text(row, role)));
  const left = [...new Set(pairs.map(([from]) => from))].slice(0, MOST);
  const some = pairs.filter(([from]) => left.includes(from));
  const middles = [...Map.groupBy(some, ([, to]) => to)].map(([to, those]) => [
    those.reduce((sum, [from]) => sum + left.indexOf(from), 0) / those.length,
    to,
  ]);
  const right = middles.sort(([one], [other]) => one - other).map(([, to]) => to);
  const count = Math.max(left.length, right.length);
  const height = (all, name) => ROW * (((all.indexOf(name) + 0.5) * count) / all.length);
  const name = (all, x, anchor) => (one) =>
    drawn(
      "text",
      { x, y: height(all, one) + 4, "text-anchor": anchor },
      [...one].length > LETTERS ? `${[...one].slice(0, LETTERS - 1).join("")}…` : one,
      drawn("title", {}, one),
    );
  const label = some.map(([from, to]) => `${from} → ${to}`).join("; ");
  const { of, legend } = colours(pairs.map(([, , series]) => series));
  const parts = some.map(([from, to, series]) => {
    const ends = { x1: LEFT + 6, x2: RIGHT - 6, y1: height(left, from), y2: height(right, to) };
    return drawn("line", { ...ends, class: `line ${of(series)}` }, series ? drawn("title", {}, series) : null);
  });
  parts.push(...left.map(name(left, LEFT, "end")), ...right.map(name(right, RIGHT, "start")));
  const more = pairs.length - some.length;
  return [
    ...legend,
    drawn("svg", { viewBox: `0 0 ${WIDTH} ${ROW * count}`, role: "img", "aria-label": label }, ...parts),
    ...(more ? [element("p", {}, say("firstDrawn", { most: some.length, count: pairs.length }))] : []),
  ];
}

// Rows with degrees as map.js takes them: a point each, those of one line joined.
function placed(rows, { latitude, longitude, label, line }) {
  const at = (row) => `${number(row[longitude])} ${number(row[latitude])}`;
  const shape = (label, text) => ({ label, place: { type: "literal", value: text } });
  const points = rows.map((row) => shape(row[label], `POINT(${at(row)})`));
  const joined = line ? [...Map.groupBy(rows, (row) => row[line]?.value)] : [];
  const lines = joined
    .filter(([name, those]) => name !== undefined && those.length > 1)
    .map(([, those]) => shape(those[0][line], `LINESTRING(${those.map(at).join(", ")})`));
  return { variables: ["label", "place"], rows: [...points, ...lines] };
}
