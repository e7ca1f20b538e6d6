// The SPARQL editor, CodeMirror, in the place of the form's text area.
//
// It stands in a shadow tree: there it brings its styles as objects, which a strict content-security policy lets
// through, and not as elements. Tab moves on as everywhere in a page, and is never caught.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { SparqlLanguage, sparql } from "codemirror-lang-sparql";
import { completions } from "./completion.js";
import { element } from "./elements.js";
import { say } from "./words.js";

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "light-dark(#7a2e8e, #d7a1e6)", fontWeight: "600" },
  { tag: tags.variableName, color: "light-dark(#0b5394, #86b6e8)" },
  { tag: [tags.string, tags.annotation], color: "light-dark(#7a4a00, #e3b873)" },
  { tag: [tags.integer, tags.float, tags.bool], color: "light-dark(#9a2f16, #f0a08a)" },
  { tag: [tags.namespace, tags.url, tags.typeName], color: "light-dark(#136347, #86cfae)" },
  { tag: tags.comment, color: "light-dark(#57606a, #a6a39c)", fontStyle: "italic" },
]);
const LOOKS = EditorView.theme({
  "&": { borderRadius: ".25rem", fontSize: ".875rem" },
  "&.cm-focused": { outline: "2px solid var(--link, light-dark(#0b5394, #86b6e8))", outlineOffset: "2px" },
  ".cm-scroller": {
    border: "1px solid var(--soft, light-dark(#57606a, #a6a39c))",
    borderRadius: "inherit",
    boxSizing: "border-box",
    fontFamily: "ui-monospace, monospace",
    lineHeight: "1.5",
    overflow: "auto",
    resize: "vertical",
  },
  ".cm-content": { caretColor: "currentColor" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  ".cm-gutters": { background: "transparent", color: "var(--soft, GrayText)", border: "0" },
  ".cm-activeLine": { background: "light-dark(#0000000a, #ffffff0a)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "none" },
  ".cm-tooltip": { background: "Canvas", color: "CanvasText", border: "1px solid GrayText" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "light-dark(#b9d3f0, #2c4a6b)",
  },
});

// What is typed over a selection is put there by the editor: the browser would keep the looks of what was there, by an
// inline style, which the policy forbids.
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || event.data === null || empty) return false;
    event.preventDefault();
    const typed = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, event.data, typed))) view.dispatch(typed());
    return true;
  },
});

// Puts an editor in the place of a text area, which it keeps filled. It is as high as the area, and undoes what was
// typed there. Gives what puts another text in, and goes there.
export function edit(area, context, run) {
  const host = element("div", { class: "editor" });
  const label = area.labels[0];
  area.before(host);
  const root = host.attachShadow({ mode: "open" });
  const parent = element("div");
  root.append(parent);
  const runs = () => {
    run();
    return true;
  };
  const isFocused = area === document.activeElement;
  const view = new EditorView({
    parent,
    root,
    state: EditorState.create({
      doc: area.defaultValue,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: runs }])),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        sparql(),
        SparqlLanguage.data.of({ autocomplete: completions(context) }),
        autocompletion({ icons: false, maxRenderedOptions: 10 }),
        syntaxHighlighting(COLOURS),
        LOOKS,
        TYPED_OVER,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": label?.textContent.trim() ?? say("query"),
          "aria-description": say("keys"),
          spellcheck: "false",
          autocapitalize: "off",
        }),
        EditorView.theme({ ".cm-scroller": { height: `${area.getBoundingClientRect().height}px` } }),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) area.value = view.state.doc.toString();
        }),
      ],
    }),
  });
  const changes = (text) =>
    text === view.state.doc.toString() ? [] : { from: 0, to: view.state.doc.length, insert: text };
  const ends = [area.selectionStart, area.selectionEnd];
  const [anchor, head] = area.selectionDirection === "backward" ? ends.reverse() : ends;
  view.dispatch({
    changes: changes(area.value),
    selection: { anchor, head },
    annotations: isolateHistory.of("after"),
  });
  const scrolled = area.scrollTop / (area.scrollHeight - area.clientHeight || 1); // lines may be broken elsewhere
  view.requestMeasure({
    read: () => scrolled * (view.contentHeight - view.scrollDOM.clientHeight),
    write: (top) => (view.scrollDOM.scrollTop = top),
  });
  if (isFocused) view.focus(); // while the area is still there, so that an on-screen keyboard stays
  area.hidden = true;
  label?.addEventListener("click", () => view.focus());
  return (text) => {
    view.dispatch({ changes: changes(text), selection: { anchor: 0 }, scrollIntoView: true });
    view.focus();
  };
}
