/**
 * Reads the corpus: `corpus/*.yaml`, a group of questions a file. `corpus/README.md` tells how they are
 * written.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import yaml from 'js-yaml';
import { resourcePath } from './paths.ts';
import { withValueAt } from './places.ts';
import type { Group, Question } from './question.ts';

const FOLDER = fileURLToPath(new URL('corpus/', import.meta.url));
/** Files that are no groups. */
const SHARED = ['bodies.yaml', 'templates.yaml'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
/** Short names of bodies' types. */
const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  patch: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

/** A request as it is written. */
interface Row {
  readonly id?: string;
  readonly body?: unknown;
  readonly bytes?: string;
  /** The name of a body of the file's, or of `bodies.yaml`'s. */
  readonly of?: string;
  /** Places in it with other values. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Its `metadata.name`. */
  readonly name?: string;
  /** Places in it that are left out. */
  readonly unset?: readonly string[];
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly groups?: string;
  readonly as?: string;
  readonly show?: readonly string[] | string;
  readonly keep?: Readonly<Record<string, string>>;
  readonly until?: Question['until'];
  readonly wait?: number;
  readonly prepare?: boolean;
  /** Its method is a key: `GET: path`. */
  readonly [method: string]: unknown;
}

interface File {
  readonly namespaces?: readonly string[];
  readonly controllers?: boolean;
  readonly bodies?: Readonly<Record<string, unknown>>;
  readonly rows?: readonly Item[];
  readonly cleanup?: readonly string[];
}

/** Rows, or rows that are asked once for each set of variables. */
type Item = Row | Repeated;

interface Repeated {
  readonly each: readonly Readonly<Record<string, unknown>>[];
  /** Rows, or the name of those of `templates.yaml`. */
  readonly rows: readonly Item[] | string;
}

const read = (file: string): unknown => yaml.load(readFileSync(path.join(FOLDER, file), 'utf8'));

/** Puts values in the place of `$name`; a text that is only `$name` becomes the value itself. */
export function fill(value: unknown, variables: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') {
    const whole = /^\$(\w+)$/.exec(value)?.[1];
    if (whole !== undefined && whole in variables) return variables[whole];
    return value.replace(/\$(\w+)/g, (text, name: string) =>
      name in variables ? String(variables[name]) : text,
    );
  }
  if (Array.isArray(value)) return value.map(item => fill(item, variables));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [String(fill(key, variables)), fill(item, variables)]),
  );
}

function expand(items: readonly Item[], variables: Readonly<Record<string, unknown>>): Row[] {
  return items.flatMap(item => {
    if (!('each' in item)) return [fill(item, variables) as Row];
    const { each, rows } = item as Repeated;
    const inner = typeof rows === 'string' ? templates()[rows] : rows;
    if (!inner) throw new Error(`There is no template ${rows}`);
    return each.flatMap(own => expand(inner, { ...variables, ...own }));
  });
}

const templates = () => read('templates.yaml') as Readonly<Record<string, readonly Item[]>>;

function bodyOf(row: Row, bodies: Readonly<Record<string, unknown>>, file: string): unknown {
  let { body } = row;
  if (row.of !== undefined) {
    if (!(row.of in bodies)) throw new Error(`${file}: there is no body ${row.of}`);
    body = structuredClone(bodies[row.of]);
  }
  for (const [place, value] of Object.entries(row.set ?? {})) body = withValueAt(body, place, value);
  if (row.name !== undefined) body = withValueAt(body, 'metadata.name', row.name);
  for (const place of row.unset ?? []) body = withValueAt(body, place, undefined);
  return body;
}

function headersOf({ type, accept, headers, user, groups }: Row, method: string, hasBody: boolean) {
  const contentType = type ?? (method === 'PATCH' ? 'merge' : 'json');
  return {
    ...(hasBody && { 'content-type': TYPES[contentType] ?? contentType }),
    accept: accept ?? 'application/json',
    ...(user !== undefined && { 'impersonate-user': user }),
    ...(groups !== undefined && { 'impersonate-group': groups }),
    ...headers,
  };
}

function questionOf(
  row: Row,
  index: number,
  bodies: Readonly<Record<string, unknown>>,
  file: string,
): Question {
  const method = METHODS.find(method => method in row);
  if (method === undefined) throw new Error(`${file}: row ${index} has no method: ${JSON.stringify(row)}`);
  const body = bodyOf(row, bodies, file);
  const { bytes, as = 'admin' } = row;
  return {
    id: row.id ?? `${index}`,
    method,
    path: resourcePath(String(row[method])).replaceAll(' ', '%20'),
    headers: headersOf(row, method, body !== undefined || bytes !== undefined),
    ...(body !== undefined && { body }),
    ...(bytes !== undefined && { bytes }),
    as: as === 'admin' || as === 'anonymous' ? as : { token: as },
    show: typeof row.show === 'string' ? [row.show] : (row.show ?? []),
    keep: row.keep ?? {},
    ...(row.until && { until: row.until }),
    wait: row.wait ?? 0,
    prepares: row.prepare ?? false,
  };
}

/** `$NS`: the group's namespace and the beginning of its names. */
function groupOf(file: string, shared: Readonly<Record<string, unknown>>): Group {
  const name = path.basename(file, '.yaml');
  const {
    namespaces = ['$NS'],
    controllers = false,
    bodies = {},
    rows = [],
    cleanup = [],
  } = read(file) as File;
  const variables = { NS: `cmp-${name}` };
  const all = fill({ ...shared, ...bodies }, variables) as Record<string, unknown>;
  const written = fill(expand(rows, variables), variables) as Row[];
  const questions = written.map(
    (row, index) => fill(questionOf(row, index, all, file), variables) as Question,
  );
  const twice = questions.find(({ id }, index) => questions.findIndex(other => other.id === id) !== index);
  if (twice) throw new Error(`${file}: two rows are called ${twice.id}`);
  return {
    name,
    needsControllers: controllers,
    namespaces: fill(namespaces, variables) as string[],
    questions,
    cleanup: (fill(cleanup, variables) as string[]).map(resourcePath),
  };
}

/** @param only - names of groups; all by default */
export function readCorpus(only?: readonly string[]): readonly Group[] {
  const shared = read('bodies.yaml') as Record<string, unknown>;
  return readdirSync(FOLDER)
    .filter(file => file.endsWith('.yaml') && !SHARED.includes(file))
    .filter(file => only === undefined || only.includes(path.basename(file, '.yaml')))
    .sort()
    .map(file => groupOf(file, shared));
}
