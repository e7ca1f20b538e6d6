// Elements of the page. What is given as a child is text unless it is a node, so no data can become markup.

export function element(name, attributes, ...children) {
  return filled(document.createElement(name), attributes, children);
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

// A button that submits no form.
export function button(text, click, attributes) {
  return element("button", { type: "button", click, ...attributes }, text);
}

// A labelled list to choose from: pairs of a value and its text.
export function choice(label, options, change) {
  const select = element("select", { change: () => change(select.value) });
  select.append(...options.map(([value, text]) => element("option", { value }, text)));
  return element("label", { class: "choice" }, element("span", {}, label), select);
}
