/** Differences from a real API server that are known: `known.yaml`. */
import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';

/** A reason, and the questions that are answered otherwise for it. */
export interface Known {
  readonly reason: string;
  /** `group: question` */
  readonly questions: readonly string[];
}

/** The table, a reason a row. @param file - by default that of the corpus */
export function readKnown(file: URL = new URL('known.yaml', import.meta.url)): readonly Known[] {
  // A cast: the file is ours.
  return (yaml.load(readFileSync(file, 'utf8')) ?? []) as Known[];
}

/** What is new, and what is a difference no more. */
export function heldAgainstKnown(different: readonly string[], known: readonly Known[]) {
  const names = known.flatMap(({ questions }) => questions);
  return {
    news: different.filter(name => !names.includes(name)),
    vanished: names.filter(name => !different.includes(name)),
  };
}
