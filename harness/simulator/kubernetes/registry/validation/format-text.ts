/** Writes the server's sentences for values of a wrong format, with the format as a regular expression. */

/** Makes an expression that matches a text from its beginning to its end. */
export const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);

/**
 * Writes `… (e.g. 'x',  or 'y', regex used for validation is 'z')`; the server has the two blanks as well.
 */
export function regexText(message: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map(example => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

/** Writes the sentence for more than `limit` characters. */
export const tooLong = (limit: number): string => `must be no more than ${limit} characters`;
