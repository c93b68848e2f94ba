/** Annotations and labels of a release. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';

interface Mark {
  readonly name: string;
  readonly resources?: readonly string[];
}

const sorted = (marks: readonly Mark[]): Record<string, string> =>
  Object.fromEntries(
    marks
      .map(({ name, resources = [] }) => [name, resources.join(' ')] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Reads annotations: name → kinds that have it, apart by spaces. */
export function annotationsOf(api: string): Record<string, string> {
  const text = readFileSync(path.join(api, 'annotation/annotations.yaml'), 'utf8');
  return sorted((yaml.load(text) as { annotations: readonly Mark[] }).annotations);
}

/** Reads labels; of 1.8 there is no table, only constants. */
export function labelsOf(api: string): Record<string, string> {
  const table = path.join(api, 'label/labels.yaml');
  if (existsSync(table))
    return sorted((yaml.load(readFileSync(table, 'utf8')) as { labels: readonly Mark[] }).labels);
  const source = readFileSync(path.join(api, 'label/label.go'), 'utf8');
  return sorted([...source.matchAll(/= "(\S+)"/g)].map(([, name = '']) => ({ name })));
}
