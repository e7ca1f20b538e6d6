// A form that asks: it says how far it is, can be stopped, and shows what came of it in a place of its own.
import { button, element, styled } from "./elements.js";
import { engineOf } from "./engine.js";
import { results } from "./results.js";
import css from "./sparql.css";
import { say } from "./words.js";

// `ask` takes a query and what is shown after its answer; `refuse` shows why something is not asked.
export function asking(form, context) {
  styled(css);
  const status = element("p", { role: "status", class: "status" });
  const place = element("section", { "aria-label": say("answer"), class: "answer" });
  const stop = button(say("stop"), () => running?.abort(), { hidden: true });
  const engine = engineOf(form, context, status);
  let running = null;

  form.querySelector("button:not([type=button])").after(" ", stop);
  form.after(place);

  function ended(...shown) {
    running = null;
    stop.hidden = true;
    form.removeAttribute("aria-busy");
    place.replaceChildren(...shown);
  }

  function clear() {
    running?.abort();
    status.textContent = "";
    ended();
  }

  function refuse(text) {
    clear();
    place.replaceChildren(element("p", { role: "alert" }, text));
  }

  async function ask(query, ...after) {
    clear();
    const own = (running = new AbortController());
    const started = performance.now();
    status.textContent = say("running");
    stop.hidden = false;
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await engine.ask(query, { signal: own.signal });
      if (running !== own) return;
      const seconds = ((performance.now() - started) / 1000).toLocaleString(context.language, {
        maximumFractionDigits: 2,
      });
      status.textContent =
        answer.kind === "rows" ? say("rows", { count: answer.rows.length, seconds }) : say("took", { seconds });
      ended(...results(answer, context, engine.ask), ...after);
    } catch (error) {
      if (running !== own) return;
      status.textContent = "";
      ended(element("p", { role: "alert" }, own.signal.aborted ? say("stopped") : error.message));
    }
  }

  return { ask, clear, refuse, status, problem: engine.problem };
}
