// SVG elements as text.
/** `<name attributes>children</name>`; children are SVG already, see {@link text} for words. */
export function element(name, attributes, ...children) {
    const written = Object.entries(attributes)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escaped(value)}"`)
        .join("");
    return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}
/** An element that holds words. */
export function text(name, attributes, words) {
    return element(name, attributes, escaped(words));
}
/** `M x y L x y ...` */
export function path(points) {
    return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
}
function escaped(words) {
    // Control characters cannot be written in XML at all.
    return words
        .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;");
}
function round(value) {
    return String(Number(value.toFixed(2)));
}
//# sourceMappingURL=svg.js.map