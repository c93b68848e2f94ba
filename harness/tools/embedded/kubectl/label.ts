/** `kubectl label` and `kubectl annotate`. Kubernetes: kubectl pkg/cmd/label, pkg/cmd/annotate. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { displayName, pathTo, type Resource } from './resources.ts';
import { type Call, findObjects, readTargets, type Verb } from './verb.ts';

interface Kind {
  readonly field: 'labels' | 'annotations';
  readonly manager: string;
  readonly done: string;
  readonly undone: string;
  readonly missing: string;
  readonly conflict: (name: string, value: string) => string;
}

const LABELS: Kind = {
  field: 'labels',
  manager: 'kubectl-label',
  done: 'labeled',
  undone: 'unlabeled',
  missing: 'error: at least one label update is required',
  conflict: (name, value) => `error: '${name}' already has a value (${value}), and --overwrite is false`,
};
const ANNOTATIONS: Kind = {
  field: 'annotations',
  manager: 'kubectl-annotate',
  done: 'annotated',
  undone: 'annotated',
  missing: 'error: at least one annotation update is required',
  conflict: (name, value) =>
    `error: --overwrite is false but found the following declared annotation(s): '${name}' already has a value (${value})`,
};

const verbFor = (kind: Kind): Verb => ({
  flags: {
    overwrite: { type: 'boolean' },
    all: { type: 'boolean' },
    selector: { type: 'text', short: 'l' },
    'all-namespaces': { type: 'boolean', short: 'A' },
    'resource-version': { type: 'text' },
    'field-manager': { type: 'text' },
  },
  run: call => change(call, kind),
});

export const label = verbFor(LABELS);
export const annotate = verbFor(ANNOTATIONS);

/** New values by name; null removes one. */
type Wanted = Readonly<Record<string, string | null>>;

async function change(call: Call, kind: Kind): Promise<number> {
  const { flags } = call;
  const { targets, wanted } = readArguments(call, kind);
  const selector = flags.text('selector');
  const found = await findObjects(call, await readTargets(call.mapper, targets), {
    ...(selector !== undefined && { labelSelector: selector }),
    everywhere: flags.boolean('all-namespaces'),
  });
  if (found.length === 0)
    throw new ToolExit(
      'error: no objects passed to label'.replace('label', kind.field === 'labels' ? 'label' : 'annotate'),
    );
  for (const { resource, object } of found) await changeOne(call, kind, wanted, resource, object);
  return 0;
}

const isChange = (word: string) => word.includes('=') || word.endsWith('-');

/** Parts the objects from the changes: the first word with `=` or `-` at its end begins those. */
function readArguments(
  { flags, args }: Call,
  kind: Kind,
): { readonly targets: readonly string[]; readonly wanted: Wanted } {
  const first = args.findIndex(isChange);
  const targets = args.slice(0, first < 0 ? undefined : first);
  const changes = first < 0 ? [] : args.slice(first);
  if (
    targets.length === 0 ||
    (targets.length === 1 && !targets[0]?.includes('/') && !flags.has('all') && !flags.has('selector'))
  ) {
    throw new ToolExit(
      'error: one or more resources must be specified as <resource> <name> or <resource>/<name>',
    );
  }
  if (changes.length === 0) throw new ToolExit(kind.missing);
  return { targets, wanted: readChanges(changes, kind) };
}

/** Reads `name=value` and `name-`. @throws ToolExit for an object that stands behind a change */
function readChanges(changes: readonly string[], kind: Kind): Wanted {
  const wanted: Record<string, string | null> = {};
  for (const word of changes) {
    if (!isChange(word))
      throw new ToolExit(
        `error: all resources must be specified before ${kind.field.slice(0, -1)} changes: ${word}`,
      );
    const equals = word.indexOf('=');
    if (equals >= 0) wanted[word.slice(0, equals)] = word.slice(equals + 1);
    else wanted[word.slice(0, -1)] = null;
  }
  return wanted;
}

/** Patches an object with what it has not yet. */
async function changeOne(
  { flags, client, invocation, signal }: Call,
  kind: Kind,
  wanted: Wanted,
  resource: Resource,
  object: KubernetesObject,
): Promise<void> {
  const before = object.metadata[kind.field] ?? {};
  if (!flags.boolean('overwrite')) refuseOverwriting(before, wanted, kind);
  const name = object.metadata.name ?? '';
  const patch = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) =>
      value === null ? before[key] !== undefined : before[key] !== value,
    ),
  );
  for (const [key, value] of Object.entries(wanted)) {
    if (value === null && before[key] === undefined)
      invocation.stdout(`label "${key}" not found.\n`.replace('label', kind.field.slice(0, -1)));
  }
  const path = pathTo(resource, object.metadata.namespace, name);
  const body = Object.keys(patch).length === 0 ? {} : { metadata: { [kind.field]: patch } };
  const fieldManager = flags.text('field-manager') ?? kind.manager;
  await client.patch(path, 'merge', body, { fieldManager }, signal);
  invocation.stdout(`${displayName(resource, name)} ${outcome(kind, patch)}\n`);
}

/** @throws ToolExit if a name has another value already */
function refuseOverwriting(before: Readonly<Record<string, string>>, wanted: Wanted, kind: Kind): void {
  for (const [name, value] of Object.entries(wanted)) {
    const there = before[name];
    if (value !== null && there !== undefined && there !== value)
      throw new ToolExit(kind.conflict(name, there));
  }
}

function outcome(kind: Kind, patch: Readonly<Record<string, string | null>>): string {
  const values = Object.values(patch);
  if (values.length === 0) return kind.field === 'labels' ? 'not labeled' : 'annotated';
  return values.every(value => value === null) ? kind.undone : kind.done;
}
