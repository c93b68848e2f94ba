/**
 * How a value of a wrong format is told: the server's sentences with the format as a regular expression.
 */

/** Makes an expression that matches a text from its beginning to its end. */
export const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);

/** `… (e.g. 'x',  or 'y', regex used for validation is 'z')`: the two blanks are real. */
export function regexText(message: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map(example => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

/** The sentence for more than `limit` characters. */
export const tooLong = (limit: number): string => `must be no more than ${limit} characters`;
