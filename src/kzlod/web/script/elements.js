// Elements of the page. What is given as a child is text unless it is a node, so no data can become markup.

export function element(name, attributes, ...children) {
  return filled(document.createElement(name), attributes, children);
}

// Puts a style sheet's text to the page's own, as an object: the policy of a page may forbid style elements.
export function styled(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}

export function drawn(name, attributes, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

// Functions listen to the event of their name; true and false set and leave out an attribute.
function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

// The `lang` of a text: given where it is another than the page's.
export function foreign(tag) {
  return tag && tag.toLowerCase() !== document.documentElement.lang.toLowerCase() ? tag : false;
}

// A button that submits no form.
export function button(text, click, attributes) {
  return element("button", { type: "button", click, ...attributes }, text);
}

// A labelled list to choose from: pairs of a value and its text.
export function choice(label, options, change) {
  const id = `choice-${++choices}`;
  const select = element("select", { id, change: () => change(select.value) });
  select.append(...options.map(([value, text]) => element("option", { value }, text)));
  return element("p", { class: "choice" }, element("label", { for: id }, label), select);
}

let choices = 0;
