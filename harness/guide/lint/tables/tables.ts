/**
 * Facts about releases: the flags of tools, the fields of an IstioOperator, the samples, the columns that
 * `kubectl get` prints. The data lies beside this file as JSON; each table names its source and version.
 */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import columnRows from './columns.json' with { type: 'json' };
import fieldTrees from './fields.json' with { type: 'json' };
import sampleLists from './samples.json' with { type: 'json' };
import toolRows from './tools.json' with { type: 'json' };

/** A flag of a command. */
export interface FlagFacts {
  /** Without dashes: `filename`. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** `none`: true or false, `--wait=false`; `optional`: a value only after `=`, `--dry-run=client`. */
  readonly value: 'none' | 'optional' | 'required';
  /** True: it may be given several times, and all of them count. */
  readonly isRepeatable: boolean;
  readonly isDeprecated: boolean;
}

/** A command of a tool. */
export interface CommandFacts {
  /** Without the tool's name: `experimental create-remote-secret`; empty for the tool itself. */
  readonly path: string;
  readonly aliases: readonly string[];
  /** True: it has commands below it. */
  readonly isGroup: boolean;
  /** Its own flags, and those that it has from the commands above it. */
  readonly flags: readonly FlagFacts[];
  /** How many arguments it takes; absent: the tool's parser sets no limit. */
  readonly least?: number;
  readonly most?: number;
}

/** A program of one release. */
export interface ToolFacts {
  readonly tool: string;
  readonly version: string;
  /** By path. */
  readonly commands: ReadonlyMap<string, CommandFacts>;
}

/** An object of a sample. */
export interface SampleObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of what makes pods: their labels, and the names of their containers. */
  readonly pod?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly containers: readonly string[];
  };
}

/** What a release ships below `samples/`. */
export interface SampleFacts {
  /** Whether there is such a file: `samples/sleep/sleep.yaml`. */
  has(path: string): boolean;
  /** Whether there is such a folder: `samples/bookinfo/platform`. */
  hasFolder(path: string): boolean;
  /** The objects of a file; empty if there is no such file or it holds none. */
  objectsOf(path: string): readonly SampleObject[];
  /** All paths, sorted. */
  readonly paths: readonly string[];
}

/** The type of a field: `string`, `number`, `boolean`, `any`; lists have one element, objects fields. */
export type FieldTree = string | readonly [FieldTree] | { readonly [field: string]: FieldTree };

/** What `kubectl get` prints of a kind. */
interface ColumnFacts {
  /** Of one header, or of several where releases of Kubernetes differ. */
  readonly headers: readonly (readonly string[])[];
  /** Columns that `-o wide` adds. */
  readonly wide: readonly string[];
}

/** As the tables have it: flags as words of one text. */
interface CommandRow {
  readonly aliases?: string;
  readonly args?: readonly number[];
  readonly flags?: string;
  readonly inherited?: string;
  readonly group?: boolean;
}

const tools = new Map<string, ToolFacts>();

/**
 * Returns what is known of a program of the release; undefined if nothing is.
 * @param program - a name or a path: `kubectl`, `bin/istioctl`
 */
export function toolFacts(program: string, edition: EditionName): ToolFacts | undefined {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const row =
    toolRows.find(row => row.tool === name && row.edition === edition) ??
    // Of helm there is one table: the releases of both editions are installed by the same one.
    toolRows.find(row => row.tool === name && name === 'helm');
  if (!row) return undefined;
  const key = `${row.tool} ${row.version}`;
  const known = tools.get(key);
  if (known) return known;
  const facts: ToolFacts = {
    tool: row.tool,
    version: row.version,
    commands: commandsOf(new Map(Object.entries(row.commands))),
  };
  tools.set(key, facts);
  return facts;
}

function commandsOf(rows: ReadonlyMap<string, CommandRow>): ReadonlyMap<string, CommandFacts> {
  const commands = new Map<string, CommandFacts>();
  for (const [path, row] of rows) {
    const words = path === '' ? [] : path.split(' ');
    const above = ['', ...words.map((_, index) => words.slice(0, index + 1).join(' '))];
    const flags = above.flatMap(each => flagsOf(rows.get(each)?.inherited));
    commands.set(path, {
      path,
      aliases: row.aliases?.split(' ') ?? [],
      isGroup: row.group === true,
      // The nearest comes first: a command may have a flag of its own with the name of an inherited one.
      flags: [...flagsOf(row.flags), ...flags.reverse(), HELP],
      ...(row.args && { least: row.args[0], most: row.args[1] }),
    });
  }
  return commands;
}

const HELP: FlagFacts = { name: 'help', short: 'h', value: 'none', isRepeatable: false, isDeprecated: false };

/**
 * Reads `filename,f=+ force output,o=`: `=` takes a value, `?` may take one, `+` repeats, `!` is
 * deprecated.
 */
function flagsOf(text: string | undefined): FlagFacts[] {
  return (text?.split(' ') ?? []).map(word => {
    const { names = '', marks = '' } = /^(?<names>[^=?+!]+)(?<marks>.*)$/.exec(word)?.groups ?? {};
    const [name = '', short] = names.split(',');
    return {
      name,
      ...(short && { short }),
      value: marks.includes('=') ? 'required' : marks.includes('?') ? 'optional' : 'none',
      isRepeatable: marks.includes('+'),
      isDeprecated: marks.includes('!'),
    };
  });
}

/** Returns what the release ships below `samples/`. */
export const sampleFacts = (edition: EditionName): SampleFacts => samples[edition];

function readSamples(edition: EditionName): SampleFacts {
  const files: ReadonlyMap<string, readonly string[]> = new Map(
    Object.entries<readonly string[]>(sampleLists[edition].files),
  );
  const inside = (path: string): string => path.replace(/^(\.\/)?samples\//, '').replace(/\/+$/, '');
  return {
    has: path => files.has(inside(path)),
    hasFolder: path => [...files.keys()].some(file => file.startsWith(`${inside(path)}/`)),
    objectsOf: path => (files.get(inside(path)) ?? []).map(readObject),
    paths: [...files.keys()].map(file => `samples/${file}`),
  };
}

/**
 * Reads `Service/helloworld@sample app=helloworld,service=helloworld`; of a workload also the labels of its
 * pods and their containers: `Deployment/curl - app=curl curl`.
 */
function readObject(text: string): SampleObject {
  const [id = '', labels = '-', podLabels, containers = ''] = text.split(' ');
  const [, kind = '', name = '', namespace] = /^([^/]*)\/([^@]*)(?:@(.*))?$/.exec(id) ?? [];
  return {
    kind,
    name,
    ...(namespace && { namespace }),
    labels: readLabels(labels),
    ...(podLabels && { pod: { labels: readLabels(podLabels), containers: containers.split(',') } }),
  };
}

const samples: Readonly<Record<EditionName, SampleFacts>> = {
  '1.8': readSamples('1.8'),
  current: readSamples('current'),
};

const readLabels = (text: string): Readonly<Record<string, string>> =>
  text === '-' ? {} : Object.fromEntries(text.split(',').map(splitPair));

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Returns the fields of an IstioOperator's `spec` in the release; its `values` are those of `istioctl`. */
export function operatorFields(edition: EditionName): FieldTree {
  // What JSON infers for a list of one element is an array of any length.
  return fieldTrees[edition].spec as unknown as FieldTree;
}

/**
 * Returns the type of a field of a tree; undefined if the release knows none of that name. As Istio's
 * reader does, it takes `some_field` for `someField`.
 */
export function fieldOf(tree: FieldTree, field: string): FieldTree | undefined {
  if (typeof tree !== 'object' || isList(tree)) return undefined;
  const camel = field.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const name = [field, camel, field.replaceAll('_', '-')].find(each => Object.hasOwn(tree, each));
  return name === undefined ? undefined : tree[name];
}

/** True for the type of a list. */
export const isList = (tree: FieldTree): tree is readonly [FieldTree] => Array.isArray(tree);

/**
 * Returns the headers that `kubectl get` may print for a resource: of each kind that the name may mean.
 * @param resource - as typed: `pods`, `po`, `svc`, `gateways.networking.istio.io`, in any case
 * @returns empty if the resource is not known
 */
export function columnFacts(resource: string, edition: EditionName): readonly ColumnFacts[] {
  const [name = '', ...group] = resource.toLowerCase().split('.');
  return columnRows
    .filter(row => row.group !== 'istioctl' && row.names.includes(name) && row.editions.includes(edition))
    .filter(
      row => group.length === 0 || `${row.group}.`.startsWith(`${group.join('.').replace(/^v\d\w*\./, '')}.`),
    )
    .map(({ columns, wide }) => ({ headers: columns, wide }));
}

/** Returns the headers that a command of another tool prints; none if they are not known. */
export const printedColumns = (
  tool: string,
  command: string,
  edition: EditionName,
): readonly (readonly string[])[] =>
  columnRows
    .filter(row => row.group === tool && row.names.includes(command) && row.editions.includes(edition))
    .flatMap(({ columns }) => columns);

/** Returns the names of the profiles that `istioctl install` has. */
export const profilesOf = (edition: EditionName): readonly string[] => fieldTrees[edition].profiles;

/** Returns all names of resources in a release's table of columns: plural, singular and short. */
export const resourceNames = (edition: EditionName): readonly string[] =>
  columnRows.filter(row => row.editions.includes(edition)).flatMap(({ names }) => names);
