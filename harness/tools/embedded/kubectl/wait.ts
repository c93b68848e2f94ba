/** `kubectl wait`: for a condition, a JSONPath, deletion or creation. Kubernetes: kubectl pkg/cmd/wait. */
import { sleep } from '../../../base/clock.ts';
import { type LinkedSignal, linkedSignal } from '../../../base/deadline.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { followUntil } from '../follow.ts';
import { ToolExit } from '../invocation.ts';
import { displayName, pathTo, pluralName, type Resource } from './resources.ts';
import { type Call, findObjects, readTargets, type Target, type Verb } from './verb.ts';
import { type Goal, goalOf } from './wait-goal.ts';

/** Where creation is awaited, kubectl asks twice a second. */
const CREATE_POLL_MS = 500;
const DEFAULT_TIMEOUT_MS = 30_000;
/** What a negative `--timeout` stands for. */
const A_WEEK_MS = 7 * 24 * 3_600_000;

/** Waits for each object in turn; all of them share the time of `--timeout`. */
export const wait: Verb = {
  flags: {
    for: { type: 'list' },
    timeout: { type: 'duration' },
    selector: { type: 'text', short: 'l' },
    'field-selector': { type: 'text' },
    all: { type: 'boolean' },
    'all-namespaces': { type: 'boolean', short: 'A' },
    output: { type: 'text', short: 'o' },
  },
  async run(call) {
    const { flags, invocation } = call;
    const goal = goalOf(flags.list('for').at(-1) ?? '');
    const asked = flags.durationMs('timeout') ?? DEFAULT_TIMEOUT_MS;
    using deadline = linkedSignal(invocation.signal, {
      clock: invocation.clock,
      timeoutMs: asked < 0 ? A_WEEK_MS : asked,
    });
    const targets = await readTargets(call.mapper, call.args);
    if (goal.kind === 'create') {
      for (const target of targets) await waitForCreation(call, target, deadline);
    }
    const found =
      goal.kind === 'delete'
        ? await findRemaining(call, targets, flags.text('selector'))
        : await findSelected(call, targets);
    for (const { resource, object } of found) {
      const name = object.metadata.name ?? '';
      if (goal.kind !== 'create' && !(await reached(call, goal, resource, object, deadline))) {
        throw new ToolExit(`error: timed out waiting for the condition on ${pluralName(resource)}/${name}`);
      }
      invocation.stdout(`${displayName(resource, name)} condition met\n`);
    }
    return 0;
  },
};

/** Finds the objects that are waited for. @throws ToolExit if there are none */
async function findSelected(call: Call, targets: readonly Target[]) {
  const labelSelector = call.flags.text('selector');
  const fieldSelector = call.flags.text('field-selector');
  const found = await findObjects(call, targets, {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
    everywhere: call.flags.boolean('all-namespaces'),
  });
  if (found.length === 0) throw new ToolExit('error: no matching resources found');
  return found;
}

async function reached(
  { client }: Call,
  goal: Exclude<Goal, { kind: 'create' }>,
  resource: Resource,
  object: KubernetesObject,
  deadline: LinkedSignal,
): Promise<boolean> {
  const { name = '', namespace, uid } = object.metadata;
  if (goal.kind === 'met' && goal.met(object)) return true;
  try {
    await followUntil(
      client,
      pathTo(resource, namespace),
      { fieldSelector: `metadata.name=${name}` },
      snapshot => {
        const now = [...snapshot.values()][0];
        if (goal.kind === 'delete') return now === undefined || now.metadata.uid !== uid;
        if (now === undefined)
          throw new ToolExit(`Error from server (NotFound): ${pluralName(resource)} "${name}" not found`);
        return goal.met(now);
      },
      deadline.signal,
    );
    return true;
  } catch (error) {
    if (deadline.expired()) return false;
    throw error;
  }
}

/** Finds the objects that are not deleted yet. One that is gone already counts as deleted. */
async function findRemaining(call: Call, targets: readonly Target[], labelSelector: string | undefined) {
  const found: { resource: Resource; object: KubernetesObject }[] = [];
  for (const target of targets) {
    if (target.name === undefined) {
      found.push(
        ...(await findObjects(call, [target], labelSelector === undefined ? {} : { labelSelector })),
      );
      continue;
    }
    const object = await call.client.find(pathTo(target.resource, call.namespace, target.name), call.signal);
    if (object) found.push({ resource: target.resource, object });
  }
  return found;
}

async function waitForCreation(call: Call, target: Target, deadline: LinkedSignal) {
  for (;;) {
    if (await isCreated(call, target, deadline.signal)) return;
    try {
      await sleep(call.invocation.clock, CREATE_POLL_MS, deadline.signal);
    } catch (error) {
      if (!deadline.expired()) throw error;
      throw new ToolExit(
        `error: timed out waiting for the condition on ${pluralName(target.resource)}/${target.name ?? ''}`,
      );
    }
  }
}

/** Tells whether the target is there, or where it has no name, one that the selector matches. */
async function isCreated(
  { client, namespace, flags }: Call,
  { resource, name }: Target,
  signal: AbortSignal,
) {
  if (name !== undefined) return (await client.find(pathTo(resource, namespace, name), signal)) !== undefined;
  const labelSelector = flags.text('selector');
  const list = await client.list(pathTo(resource, namespace), labelSelector ? { labelSelector } : {}, signal);
  return list.items.length > 0;
}
