/**
 * Names of fields that are no names of CEL (apiserver pkg/cel/escaping.go @v1.34): `a-b` is `a__dash__b`,
 * `namespace` is `__namespace__`.
 */
const RESERVED: ReadonlySet<string> = new Set([
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if'],
  ...['import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
]);

const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** Returns the name that expressions use, or undefined for a field that they cannot name. */
export function escapeName(name: string): string | undefined {
  if (!/^[a-zA-Z_./-][\w./-]*$/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replaceAll(/__|[-./]/g, found => ESCAPES[found] ?? found);
}

/**
 * The names by which expressions may call a field: words that are reserved can stand behind a dot too.
 * Empty for a field that they cannot name.
 */
export function namesOfField(name: string): readonly string[] {
  const escaped = escapeName(name);
  if (escaped === undefined) return [];
  return RESERVED.has(name) ? [escaped, name] : [escaped];
}
