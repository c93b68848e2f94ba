/** What validation finds: problems and warnings, in the order and the form in which Istio prints them. */

/** `listed`: Istio prints it as a list even if nothing else is found. */
interface Finding {
  readonly text: string;
  readonly kind: 'problem' | 'listed' | 'warning';
}

/** All that is found, in Istio's order. */
export type Findings = readonly Finding[];

/** What is looked at besides the spec. */
export interface Context {
  readonly name: string;
  readonly namespace: string;
  /** Whether it is Istio 1.8 that looks. */
  readonly isOld: boolean;
}

/** Nothing is wrong. */
export const NONE: Findings = [];

/** One thing that is wrong. */
export const problem = (text: string): Findings => [{ text, kind: 'problem' }];
/** One that Istio prints as a list of one. */
export const listed = (text: string): Findings => [{ text, kind: 'listed' }];
/** One that is told, and taken. */
export const warning = (text: string): Findings => [{ text, kind: 'warning' }];
/** A problem where something is so. */
export const problemIf = (isSo: boolean, text: string): Findings => (isSo ? problem(text) : NONE);
/** A warning where something is so. */
export const warningIf = (isSo: boolean, text: string): Findings => (isSo ? warning(text) : NONE);

/** Looks at each value in turn. */
export const each = <T>(values: readonly T[], look: (value: T, index: number) => Findings): Findings =>
  values.flatMap(look);

/** Problems alone: where Istio gathers errors, warnings within them get lost. */
export const problemsOnly = (findings: Findings): Findings =>
  findings.filter(({ kind }) => kind !== 'warning');

/** Words problems as hashicorp's multierror prints them; undefined if there are none. */
export function printed(findings: Findings): string | undefined {
  const problems = findings.filter(({ kind }) => kind !== 'warning');
  const [first] = problems;
  if (!first) return undefined;
  if (problems.length === 1 && first.kind === 'problem') return first.text;
  const count = problems.length === 1 ? '1 error' : `${problems.length} errors`;
  return `${count} occurred:\n${problems.map(({ text }) => `\t* ${text}\n`).join('')}\n`;
}
