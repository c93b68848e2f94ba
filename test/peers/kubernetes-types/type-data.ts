/**
 * Makes the data files of Kubernetes' API types (harness/simulator/kubernetes/registry/schema/types) out of
 * the Go modules of three minor versions: names, numbers, types and marks of fields, no texts.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../support/cli.ts';
import { type Described, describePackage } from './describe.ts';
import { type Modules, readModules } from './go-modules.ts';
import { PACKAGES, type TypesPackage } from './packages.ts';
import { protoDifferences } from './proto-files.ts';

/** The modules of the versions that the simulator speaks, the oldest first. */
export const MODULE_VERSIONS = ['v0.34.3', 'v0.35.4', 'v0.36.3'] as const;

const FOLDER = path.join(ROOT, 'harness/simulator/kubernetes/registry/schema/types');
const fileOf = ({ short }: TypesPackage): string => `${short.replace('/', '-')}.json`;

/** `v0.35.4` as `1.35` */
const minorOf = (version: string): string => version.replace(/^v0\.(\d+)\..*$/, '1.$1');

/** Marks what an older version lacks. */
const since = (version: string | undefined): string =>
  version === undefined ? '' : ` since:${minorOf(version)}`;

/** Which of the versions brought something; undefined if the oldest has it. */
function firstWith(all: readonly Described[], has: (one: Described) => boolean): string | undefined {
  const index = all.findIndex(has);
  return index <= 0 ? undefined : MODULE_VERSIONS[index];
}

/**
 * Makes the text of a data file: fields and values as the first version that has them says.
 * @param all - the package in each version
 */
function fileText(own: TypesPackage, all: readonly Described[]): string {
  const newest = all.at(-1);
  const messages: Record<string, string> = {};
  for (const [name, fields] of newest?.messages ?? []) {
    messages[name] = [...fields]
      .map(([field, text]) => {
        const has = (one: Described) => one.messages.get(name)?.has(field) ?? false;
        return (all.find(has)?.messages.get(name)?.get(field) ?? text) + since(firstWith(all, has));
      })
      .join(', ');
  }
  const enums = Object.fromEntries(
    [...(newest?.enums ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, values]) => [
        name,
        (all.find(one => one.enums.has(name))?.enums.get(name) ?? values).join('|'),
      ]),
  );
  return `${JSON.stringify(
    {
      source: `${own.module}/${own.folder} @${MODULE_VERSIONS[0]} to ${MODULE_VERSIONS.at(-1)}`,
      enums,
      atomic: newest?.atomic.join(' '),
      messages,
    },
    undefined,
    1,
  )}\n`;
}

/** Reads the modules. @returns the files by name, and what their .proto files say otherwise */
function makeFiles(versions: readonly Modules[]): { files: Map<string, string>; problems: string[] } {
  const files = new Map<string, string>();
  const problems: string[] = [];
  for (const own of PACKAGES) {
    const all = versions.map(({ packages }) => describePackage(own, packages));
    files.set(fileOf(own), fileText(own, all));
    for (const [index, { folder }] of versions.entries()) {
      const described = all[index];
      if (described) problems.push(...protoDifferences(path.join(folder(own.module), own.folder), described));
    }
  }
  return { files, problems };
}

/** Compares the files with the modules, or writes them. @returns what differs */
export function compareTypeData(write: boolean): string[] {
  const { files, problems } = makeFiles(MODULE_VERSIONS.map(readModules));
  for (const [name, text] of files) {
    const file = path.join(FOLDER, name);
    if (write) writeFileSync(file, text);
    else if (!readdirSync(FOLDER).includes(name)) problems.push(`${name} is missing`);
    else if (readFileSync(file, 'utf8') !== text) problems.push(`${name} is not what the Go modules say`);
  }
  return problems;
}
