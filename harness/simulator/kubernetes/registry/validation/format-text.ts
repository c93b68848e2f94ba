/**
 * How a value of a wrong format is told: the server's sentences with the format as a regular expression.
 */

export const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);

/** `… (e.g. 'x',  or 'y', regex used for validation is 'z')`: the two blanks are real. */
export function regexText(message: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map(example => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

export const tooLong = (limit: number): string => `must be no more than ${limit} characters`;
