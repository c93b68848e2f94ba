/** Finds scenario files and reads them: the only file of this layer that touches the disk. */
import path from 'node:path';
import { didYouMean } from '../base/did-you-mean.ts';
import { readdir } from '../base/disk/disk.ts';
import { readTextFile } from '../base/disk/read-file.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { firstOf, printable } from '../base/printable.ts';
import { InvalidYaml, readYaml } from '../base/yaml.ts';
import { readScenario, type Scenario } from './read-scenario.ts';

export interface ScenarioFolder {
  /** The folder of the named scenarios: `<package>/scenarios`. */
  readonly folder: string;
}

const EXTENSION = /\.ya?ml$/;

/**
 * Lists the names of the scenarios in a folder, sorted. Files in folders below it are examples and have no
 * name.
 * @throws HarnessError ERR_UNREADABLE_FILE
 */
export async function listScenarios({ folder }: ScenarioFolder): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter(entry => entry.isFile() && EXTENSION.test(entry.name))
      .map(entry => entry.name.replace(EXTENSION, ''))
      .sort();
  } catch (error) {
    throw new HarnessError(
      'ERR_UNREADABLE_FILE',
      `The folder of scenarios cannot be read: ${messageOf(error)}`,
      {
        hint: 'It belongs to mesh-harness; install the package again.',
        cause: error,
      },
    );
  }
}

/**
 * Loads a scenario.
 * @param nameOrPath - a name from `listScenarios`, or a path: with a slash, or ending in .yaml or .yml
 * @throws HarnessError ERR_UNKNOWN_SCENARIO, ERR_UNREADABLE_FILE, or ERR_INVALID_SCENARIO with every problem
 *   of the file
 */
export async function loadScenario(nameOrPath: string, { folder }: ScenarioFolder): Promise<Scenario> {
  if (/[/\\]/.test(nameOrPath) || EXTENSION.test(nameOrPath)) {
    return parseScenario(nameOfFile(nameOrPath), read(nameOrPath), nameOrPath);
  }
  const names = await listScenarios({ folder });
  if (!names.includes(nameOrPath)) {
    const meant = didYouMean(nameOrPath, names);
    throw new HarnessError('ERR_UNKNOWN_SCENARIO', `There is no scenario "${nameOrPath}".`, {
      hint: [
        ...(meant === undefined ? [] : [meant]),
        `Known scenarios: ${names.join(', ')}.`,
        'A file of your own: mesh-harness run ./my-mesh.yaml',
      ].join(' '),
    });
  }
  const file = path.join(folder, `${nameOrPath}.yaml`);
  return parseScenario(nameOrPath, read(file), file);
}

/**
 * Reads the scenario in a YAML text.
 * @param name - becomes the topology's name
 * @param file - how the text is called in error messages
 * @throws HarnessError ERR_INVALID_SCENARIO with every problem
 */
export function parseScenario(name: string, text: string, file: string): Scenario {
  let content: unknown;
  try {
    content = readYaml(text);
  } catch (error) {
    if (error instanceof InvalidYaml) throw invalid(file, [error.message], error);
    throw error;
  }
  if (content === undefined || content === null) throw invalid(file, ['the file is empty']);
  const result = readScenario(name, content);
  if ('problems' in result) throw invalid(file, result.problems);
  return result.scenario;
}

/** Names a scenario after its file. The name stands in reports, and names folders. */
export function nameOfFile(file: string): string {
  const name = printable(path.basename(file).replace(EXTENSION, '')).replace(/[\n\t]/g, ' ');
  return /^\.*$/.test(name) ? 'scenario' : name;
}

function read(file: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    throw new HarnessError(
      'ERR_UNREADABLE_FILE',
      `The scenario file ${file} cannot be read: ${messageOf(error)}`,
      {
        hint:
          'Name a regular file by its path, or `-` for standard input. mesh-harness list tells the ' +
          'scenarios that come with mesh-harness.',
        cause: error,
      },
    );
  }
}

function invalid(file: string, problems: readonly string[], cause?: unknown): HarnessError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const lines = firstOf(problems);
  return new HarnessError(
    'ERR_INVALID_SCENARIO',
    `${file} has ${count}:\n${lines.map(line => `  ${line}`).join('\n')}`,
    {
      hint: 'The keys of a scenario file are told in docs/scenarios.md; scenarios/multi-primary.yaml is a short example.',
      ...(cause !== undefined && { cause }),
    },
  );
}
