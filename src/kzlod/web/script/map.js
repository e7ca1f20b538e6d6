// What rows say of places, drawn over lines of longitude and latitude: points, lines and outlines in well-known text
// (GeoSPARQL's wktLiteral), in longitude and latitude unless the literal names EPSG:4326, which has them the other way.
import { rest } from "./chart.js";
import { drawn, element } from "./elements.js";
import { shown } from "./terms.js";
import { say } from "./words.js";

const WKT = /^\s*(?:<([^>]*)>\s*)?((?:MULTI)?(?:POINT|LINESTRING|POLYGON))\s*(?:ZM?|M)?\s*(\(.*\))\s*$/is;
const WIDTH = 720;
const [LEAST, MOST] = [200, 640]; // of the height
const NAMES = 40; // more would hide one another
const PAD = 0.08;
const MOST_SHAPES = 2000;

// The shapes of a row's places: {isPoint, isClosed, lines, of}; lines are lists of [longitude, latitude], `of` is the
// term that says what is there.
function shapes({ variables, rows }) {
  const places = variables.filter((name) => rows.some((row) => parsed(row[name])));
  const named = variables.find((name) => !places.includes(name) && rows.some((row) => row[name])) ?? "";
  return rows.flatMap((row) =>
    places.flatMap((name) => {
      const shape = parsed(row[name]);
      return shape ? [{ ...shape, of: row[named] }] : [];
    }),
  );
}

export function hasPlaces({ variables, rows }) {
  return rows.some((row) => variables.some((name) => parsed(row[name])));
}

function parsed(term) {
  const match = term?.type === "literal" || term?.type === "typed-literal" ? WKT.exec(term.value) : null;
  if (!match) return null;
  const swapped = /EPSG\/.*4326$/.test(match[1] ?? "");
  const isPoint = /POINT$/i.test(match[2]);
  const lines = match[3]
    .split(/\)\s*,\s*\(/)
    .map((line) =>
      line.split(",").map((pair) => pair.replace(/[()]/g, " ").trim().split(/\s+/).slice(0, 2).map(Number)),
    )
    .map((line) => line.map(([one, other]) => (swapped ? [other, one] : [one, other])))
    .filter((line) => line.every(([long, lat]) => Math.abs(long) <= 180 && Math.abs(lat) <= 90));
  return lines.length ? { isPoint, isClosed: /POLYGON$/i.test(match[2]), lines } : null;
}

export function map(answer, context, names) {
  const found = shapes(answer);
  const all = found.slice(0, MOST_SHAPES);
  const place = element("div", { class: "drawing" });
  const draw = () =>
    place.replaceChildren(
      picture(all, (term) => shown(term, context, names)),
      ...rest(found, MOST_SHAPES),
    );
  if (!all.length) return element("p", {}, say("noPlaces"));
  draw();
  names.of(all.slice(0, NAMES).flatMap(({ of }) => (of?.type === "uri" ? [of.value] : []))).then(draw);
  return place;
}

function picture(all, written) {
  const { x, y, height, west, east, south, north } = projection(all.flatMap(({ lines }) => lines.flat()));
  const path = (line) => `M${line.map(([long, lat]) => `${x(long)},${y(lat)}`).join("L")}`;
  const parts = graticule(x, y, height, west, east, south, north);
  const taken = [];
  for (const { isPoint, isClosed, lines, of } of all) {
    const text = written(of);
    const title = () => (text ? drawn("title", {}, text) : null);
    if (isPoint) {
      for (const [long, lat] of lines.flat()) {
        parts.push(drawn("circle", { cx: x(long), cy: y(lat), r: 5, class: "point" }, title()));
        if (text && all.length <= NAMES) parts.push(...name(text, x(long), y(lat), taken));
      }
    } else {
      const d = lines.map(path).join("") + (isClosed ? "Z" : "");
      parts.push(drawn("path", { d, class: isClosed ? "area" : "line" }, title()));
    }
  }
  const label = say("mapOf", { count: all.length });
  return drawn("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label }, ...parts);
}

// The name beside a point, on the side where there is room; none where it would cover another.
function name(text, x, y, taken) {
  const clipped = [...text].length > 32 ? `${[...text].slice(0, 31).join("")}…` : text;
  const width = [...clipped].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 7), 0);
  const isRight = x + 8 + width < WIDTH;
  const box = { from: isRight ? x + 8 : x - 8 - width, to: isRight ? x + 8 + width : x - 8, y };
  if (taken.some((other) => box.from < other.to && box.to > other.from && Math.abs(box.y - other.y) < 13)) return [];
  taken.push(box);
  return [drawn("text", { x: isRight ? x + 8 : x - 8, y: y + 4, "text-anchor": isRight ? "start" : "end" }, clipped)];
}

// Degrees to the picture, a degree of longitude as long as it is at the middle latitude.
function projection(ends) {
  let [west, east, south, north] = [180, -180, 90, -90];
  for (const [long, lat] of ends) {
    [west, east, south, north] = [
      Math.min(west, long),
      Math.max(east, long),
      Math.min(south, lat),
      Math.max(north, lat),
    ];
  }
  const [padX, padY] = [Math.max((east - west) * PAD, 0.5), Math.max((north - south) * PAD, 0.5)];
  [west, east, south, north] = [west - padX, east + padX, south - padY, north + padY];
  const narrowed = Math.max(Math.cos((((south + north) / 2) * Math.PI) / 180), 0.1);
  const exact = (WIDTH * (north - south)) / ((east - west) * narrowed);
  const height = Math.min(Math.max(exact, LEAST), MOST);
  const scale = Math.min(WIDTH / ((east - west) * narrowed), height / (north - south));
  const rounded = (value) => Math.round(value * 10) / 10;
  return {
    x: (long) => rounded(WIDTH / 2 + (long - (west + east) / 2) * narrowed * scale),
    y: (lat) => rounded(height / 2 - (lat - (south + north) / 2) * scale),
    height: Math.round(height),
    ...{ west, east, south, north },
  };
}

function graticule(x, y, height, west, east, south, north) {
  const parts = [];
  const step = [1, 2, 5, 10, 20, 30, 60].find((one) => Math.max(east - west, north - south) / one <= 10) ?? 60;
  const text = (degrees, letters) => `${Math.abs(degrees)}°${letters[degrees < 0 ? 1 : 0]}`;
  for (let at = Math.ceil(west / step) * step; at <= east; at += step) {
    parts.push(drawn("line", { x1: x(at), x2: x(at), y1: 0, y2: height, class: "rule" }));
    parts.push(drawn("text", { x: x(at) + 3, y: height - 4, class: "faint" }, text(at, "EW")));
  }
  for (let at = Math.ceil(south / step) * step; at <= north; at += step) {
    parts.push(drawn("line", { x1: 0, x2: WIDTH, y1: y(at), y2: y(at), class: "rule" }));
    parts.push(drawn("text", { x: 3, y: y(at) - 3, class: "faint" }, text(at, "NS")));
  }
  return parts;
}
