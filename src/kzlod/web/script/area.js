// The text area that a query is written in, until the editor stands in its place.
//
// The editor is large. It comes by itself where the main pointer is fine, as a mouse is: a query has its colours when
// it is met, and the area is seldom replaced under one's fingers. On phones, and for who saves data, it comes when one
// goes to the area. The area works meanwhile, and where the editor cannot be fetched.
const MOMENT = 50; // milliseconds

// Gives what puts a text into the area, or into the editor, and goes there; Control-Enter runs what stands there.
export function writing(area, context, run) {
  const isHeld = holding(area);
  let take = (text) => {
    area.value = text;
    area.setSelectionRange(0, 0);
    area.focus();
  };
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  });

  async function bring() {
    const editor = await import("./editor.js").catch(() => null);
    if (!editor) return wait(); // it may come the next time
    while (isHeld()) await new Promise((done) => setTimeout(done, MOMENT));
    take = editor.edit(area, context, run);
  }
  const wait = () => area.addEventListener("focus", bring, { once: true });

  const comes = matchMedia("(pointer: fine)").matches && !navigator.connection?.saveData;
  if (comes || area === document.activeElement) bring();
  else wait();
  return (text) => take(text);
}

// Whether an area is not to be taken away: a word is being composed, or a button or a finger is down, in it.
function holding(area) {
  let isComposing = false;
  let isPressed = false;
  area.addEventListener("compositionupdate", () => (isComposing = true));
  area.addEventListener("compositionend", () => (isComposing = false));
  area.addEventListener("pointerdown", ({ button }) => (isPressed = button === 0));
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (isPressed = false));
  return () => isComposing || isPressed;
}
