/** Names out of Go sources: fields of structs, and variables of the environment. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { objectText } from './type-text.ts';

/** Writes the type of a struct; types of other packages are anything. */
export function structType(source: string, struct: string): string {
  return objectText(structFields(source, struct));
}

function structFields(source: string, struct: string): Map<string, string> {
  const body = new RegExp(`^type ${struct} struct \\{\\n(.*?)^\\}`, 'ms').exec(source)?.[1];
  if (body === undefined) throw new Error(`there is no struct ${struct}`);
  const fields = new Map<string, string>();
  for (const line of body.split('\n')) {
    const embedded = /^\t(\w+)$/.exec(line)?.[1];
    if (embedded) for (const [name, type] of structFields(source, embedded)) fields.set(name, type);
    const [, type = '', name] = /^\t\w+ +(\S+) +`json:"([\w-]+)/.exec(line) ?? [];
    if (name !== undefined && name !== '-') fields.set(name, goType(source, type));
  }
  return fields;
}

function goType(source: string, type: string): string {
  if (type.startsWith('*')) return goType(source, type.slice(1));
  if (type.startsWith('[]')) return `[${goType(source, type.slice(2))}]`;
  if (type.startsWith('map[string]')) return `<${goType(source, type.slice('map[string]'.length))}>`;
  if (type === 'string') return 's';
  if (type === 'bool' || type === 'BoolValue') return 'b';
  if (/^u?int\d*$/.test(type)) return 'i';
  return new RegExp(`^type ${type} struct `, 'm').test(source) ? structType(source, type) : 'o';
}

/** Lists the names that a struct's fields have in JSON. */
export const jsonNames = (source: string, struct: string): string[] => [
  ...structFields(source, struct).keys(),
];

/** Whose variables the files of a folder register; the first that fits. Tools and tests have none. */
const OWNERS: readonly (readonly [folder: RegExp, owner: string])[] = [
  [/^(pilot\/test|pilot\/tools|pkg\/test|security\/tools|tools\/(common|docker|bug)|prow|tests)/, ''],
  [/^(operator|istioctl)/, 'istioctl'],
  [/^cni/, 'cni'],
  [
    /^(pilot\/cmd\/pilot-agent|tools\/istio-|security|pkg\/(istio-agent|dns|envoy|bootstrap|security))/,
    'agent',
  ],
  [/^(pilot|pkg)/, 'istiod'],
];

/** Lists the variables that Istio's programs register: program → names. */
export function environmentOf(folder: string): Record<string, string> {
  const found = new Map<string, Set<string>>();
  const constants = new Map<string, string>();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.go') && !file.endsWith('_test.go'))
    .sort();
  const sources = files.map(file => [file, readFileSync(path.join(folder, file), 'utf8')] as const);
  for (const [, source] of sources)
    for (const [, name = '', value = ''] of source.matchAll(/^\s*(?:const )?(\w+) *= *"([A-Z][A-Z0-9_]+)"/gm))
      constants.set(name, value);
  for (const [file, source] of sources) {
    const owner = OWNERS.find(([pattern]) => pattern.test(file))?.[1] ?? '';
    if (owner === '') continue;
    for (const [, , argument = ''] of source.matchAll(/env\.Register(\w*)(?:\[\w+\])?\(\s*([^,\s]+),/g)) {
      const name = /^"(.+)"$/.exec(argument)?.[1] ?? constants.get(argument.split('.').at(-1) ?? '');
      if (name !== undefined) found.set(owner, (found.get(owner) ?? new Set()).add(name));
    }
  }
  return Object.fromEntries(
    [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([owner, names]) => [owner, [...names].sort().join(' ')]),
  );
}
