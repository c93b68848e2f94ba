/** `${NAME}` in arguments and files, as an unquoted here-document has it. */

/** Replaces each `${NAME}`; a name without a value becomes the empty string, as in a shell. */
export function substitute(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_match, name: string) => variables.get(name) ?? '');
}

/** The names that stand in a text as `${NAME}`, in order, each once. */
export function variablesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(match => match[1] ?? ''))];
}
