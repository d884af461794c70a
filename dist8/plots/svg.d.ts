type Attributes = Readonly<Record<string, string | number | undefined>>;
/** `<name attributes>children</name>`; children are SVG already, see {@link text} for words. */
export declare function element(name: string, attributes: Attributes, ...children: readonly string[]): string;
/** An element that holds words. */
export declare function text(name: string, attributes: Attributes, words: string): string;
/** `M x y L x y ...` */
export declare function path(points: readonly (readonly [x: number, y: number])[]): string;
export {};
//# sourceMappingURL=svg.d.ts.map