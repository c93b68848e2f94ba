/**
 * `kubectl rollout status` and `restart`, for Deployments. Kubernetes: kubectl
 * pkg/polymorphichelpers/rollout_status.go.
 */

import { linkedSignal } from '../../../base/deadline.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { followUntil } from '../follow.ts';
import { ToolExit } from '../invocation.ts';
import { displayName, pathTo, pluralName } from './resources.ts';
import { type Call, findObjects, readTargets, usage, type Verb } from './verb.ts';

/** The fields of a Deployment that show the state of its rollout. */
interface Deployment extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
  };
}

/** `--timeout=0s`, the default, waits without end. */
const NO_END_MS = 365 * 24 * 3_600_000;

async function deploymentOf(call: Call, command: string) {
  if (call.args.length === 0) throw usage('required resource not specified', command);
  const targets = await readTargets(call.mapper, call.args);
  const found = await findObjects(call, targets);
  const other = found.find(({ resource }) => resource.kind !== 'Deployment');
  if (other)
    throw new ToolExit(
      `error: ${command.split(' ').at(-1)} of ${pluralName(other.resource)} is not available inside this process`,
    );
  return found;
}

export const rolloutStatus: Verb = {
  flags: {
    timeout: { type: 'duration' },
    watch: { type: 'boolean', short: 'w' },
    revision: { type: 'integer' },
  },
  async run(call) {
    const { flags, invocation, client } = call;
    const asked = flags.durationMs('timeout') ?? 0;
    using deadline = linkedSignal(invocation.signal, {
      clock: invocation.clock,
      timeoutMs: asked > 0 ? asked : NO_END_MS,
    });
    for (const { resource, object } of await deploymentOf(call, 'rollout status')) {
      const { name = '', namespace } = object.metadata;
      const accept = statusTeller(call);
      try {
        await followUntil(
          client,
          pathTo(resource, namespace),
          { fieldSelector: `metadata.name=${name}` },
          snapshot => accept([...snapshot.values()][0]),
          deadline.signal,
        );
      } catch (error) {
        if (deadline.expired()) throw new ToolExit('error: timed out waiting for the condition');
        throw error;
      }
    }
    return 0;
  },
};

/** Returns what prints each new status of a deployment, and says when `rollout status` is at its end. */
function statusTeller({ flags, invocation }: Call): (now: KubernetesObject | undefined) => boolean {
  let last = '';
  return now => {
    if (!now) throw new ToolExit('error: object has been deleted');
    const { text, done } = statusOf(now as Deployment); // the resource is `deployments`
    if (text !== last) invocation.stdout(`${text}\n`);
    last = text;
    return done || flags.text('watch') === 'false';
  };
}

function statusOf({ metadata, spec, status = {} }: Deployment): { text: string; done: boolean } {
  const name = metadata.name ?? '';
  const waiting = (why: string) => ({
    text: `Waiting for deployment "${name}" rollout to finish: ${why}...`,
    done: false,
  });
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) {
    return { text: 'Waiting for deployment spec update to be observed...', done: false };
  }
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    throw new ToolExit(`error: deployment "${name}" exceeded its progress deadline`);
  }
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const wanted = spec?.replicas ?? 1;
  if (updatedReplicas < wanted)
    return waiting(`${updatedReplicas} out of ${wanted} new replicas have been updated`);
  if (replicas > updatedReplicas)
    return waiting(`${replicas - updatedReplicas} old replicas are pending termination`);
  if (availableReplicas < updatedReplicas) {
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`);
  }
  return { text: `deployment "${name}" successfully rolled out`, done: true };
}

export const rolloutRestart: Verb = {
  flags: { selector: { type: 'text', short: 'l' } },
  async run(call) {
    const { client, invocation, signal } = call;
    for (const { resource, object } of await deploymentOf(call, 'rollout restart')) {
      const name = object.metadata.name ?? '';
      const restartedAt = new Date(invocation.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
      const body = {
        spec: {
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } },
        },
      };
      const path = pathTo(resource, object.metadata.namespace, name);
      await client.patch(path, 'strategic', body, { fieldManager: 'kubectl-rollout' }, signal);
      invocation.stdout(`${displayName(resource, name)} restarted\n`);
    }
    return 0;
  },
};
