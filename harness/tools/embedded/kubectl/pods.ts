/**
 * `kubectl exec` and `kubectl logs`, and the pod that a workload's name stands for. Kubernetes: kubectl
 * pkg/cmd/exec, pkg/cmd/logs.
 */

import { messageOf } from '../../../base/errors.ts';
import { KubernetesApiError, type KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { pathTo } from './resources.ts';
import { type Call, readTargets, type Verb } from './verb.ts';

interface Pod extends KubernetesObject {
  readonly spec?: { readonly containers?: readonly { readonly name: string }[] };
  readonly status?: { readonly phase?: string };
}

const PODS = { apiVersion: 'v1', plural: 'pods' };

export const exec: Verb = {
  flags: {
    container: { type: 'text', short: 'c' },
    stdin: { type: 'boolean', short: 'i' },
    tty: { type: 'boolean', short: 't' },
    quiet: { type: 'boolean', short: 'q' },
    'pod-running-timeout': { type: 'duration' },
  },
  async run(call) {
    const { flags, invocation, client, namespace, signal, args } = call;
    const command = flags.afterDash ?? [];
    const before = args.slice(0, args.length - command.length);
    // An empty name is what `"$(kubectl get pod -o jsonpath=…)"` gives when there is no pod (kubectl
    // pkg/cmd/exec/exec.go, Validate).
    if (before.length === 0 || before[0] === '') {
      throw new ToolExit('error: pod, type/name or --filename must be specified');
    }
    if (before.length > 1) {
      throw new ToolExit(
        "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
      );
    }
    if (command.length === 0)
      throw new ToolExit('error: you must specify at least one command for the container');
    const pod = await podOf(call, before[0] ?? '');
    const name = pod.metadata.name ?? '';
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      throw new ToolExit(
        `error: cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`,
      );
    }
    const container = containerOf(call, pod);
    if (flags.boolean('tty'))
      invocation.stderr('Unable to use a TTY - input is not a terminal or the right kind of file\n');
    try {
      const outcome = await client.exec(pod.metadata.namespace ?? namespace, name, container, command, {
        signal,
        ...(flags.boolean('stdin') && { stdin: invocation.stdin ?? '' }),
      });
      invocation.stdout(outcome.stdout);
      invocation.stderr(outcome.stderr);
      if (outcome.exitCode !== 0) {
        invocation.stderr(`command terminated with exit code ${outcome.exitCode}\n`);
      }
      return outcome.exitCode;
    } catch (error) {
      signal.throwIfAborted();
      // What the container runtime says has the code 500 and comes over the stream, not as the answer to a
      // request.
      if (error instanceof KubernetesApiError && error.code === 500)
        throw new ToolExit(`error: ${error.message}`);
      throw error;
    }
  },
};

export const logs: Verb = {
  flags: {
    container: { type: 'text', short: 'c' },
    follow: { type: 'boolean', short: 'f' },
    previous: { type: 'boolean', short: 'p' },
    tail: { type: 'integer' },
    since: { type: 'duration' },
    timestamps: { type: 'boolean' },
    selector: { type: 'text', short: 'l' },
    'all-containers': { type: 'boolean' },
    prefix: { type: 'boolean' },
  },
  async run(call) {
    const { flags, args, namespace, client, signal } = call;
    const selector = flags.text('selector');
    if (args.length === 0 && selector === undefined) {
      throw new ToolExit(
        "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples",
      );
    }
    const pods =
      selector === undefined
        ? [await podOf(call, args[0] ?? '', true)]
        : ((await client.list({ ...PODS, namespace }, { labelSelector: selector }, signal)).items as Pod[]); // of `pods`
    for (const pod of pods) {
      const containers = flags.boolean('all-containers')
        ? (pod.spec?.containers ?? []).map(({ name }) => name)
        : [args[1] ?? containerOf(call, pod)];
      for (const container of containers) await printLog(call, pod, container);
    }
    return 0;
  },
};

async function printLog({ flags, invocation, client, namespace, signal }: Call, pod: Pod, container: string) {
  const sinceMs = flags.durationMs('since');
  const tail = flags.integer('tail') ?? (flags.has('selector') ? 10 : undefined);
  const query: Record<string, string> = {
    container,
    ...(flags.boolean('follow') && { follow: 'true' }),
    ...(flags.boolean('previous') && { previous: 'true' }),
    ...(flags.boolean('timestamps') && { timestamps: 'true' }),
    ...(tail !== undefined && tail >= 0 && { tailLines: String(tail) }),
    ...(sinceMs !== undefined && { sinceSeconds: String(Math.ceil(sinceMs / 1000)) }),
  };
  const text = await client.logs(pod.metadata.namespace ?? namespace, pod.metadata.name ?? '', query, signal);
  const prefix = flags.boolean('prefix') ? `[pod/${pod.metadata.name}/${container}] ` : '';
  invocation.stdout(prefix === '' ? text : text.replace(/^(?=.)/gm, prefix));
}

/** `-c`, else the annotated one, else the first. */
function containerOf({ flags }: Call, pod: Pod): string {
  const asked = flags.text('container');
  if (asked !== undefined) return asked;
  const names = (pod.spec?.containers ?? []).map(({ name }) => name);
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  return annotated !== undefined && names.includes(annotated) ? annotated : (names[0] ?? '');
}

/** A pod by its name, or the first running one of a workload or Service. */
async function podOf(call: Call, word: string, forLogs = false): Promise<Pod> {
  const { client, namespace, signal, invocation } = call;
  const name = /^(?:pods?|po)\/(.+)$/.exec(word)?.[1] ?? (word.includes('/') ? undefined : word);
  if (name !== undefined) {
    try {
      return (await client.get({ ...PODS, namespace, name }, signal)) as Pod; // the resource is `pods`
    } catch (error) {
      if (forLogs && error instanceof KubernetesApiError && error.code === 404) {
        throw new ToolExit(
          `error: error from server (NotFound): ${messageOf(error)} in namespace "${namespace}"`,
        );
      }
      throw error;
    }
  }
  const [target] = await readTargets(call.mapper, [word]);
  if (!target) throw new ToolExit('error: pod, type/name or --filename must be specified');
  const owner = await client.get(pathTo(target.resource, namespace, target.name), signal);
  // Of a workload or a Service.
  const { selector } = (owner['spec'] ?? {}) as { selector?: Record<string, unknown> };
  // Both are maps of texts.
  const labels = (selector?.['matchLabels'] ?? selector) as Record<string, string> | undefined;
  if (!labels)
    throw new ToolExit(
      `error: cannot attach to *unstructured.Unstructured: selector for ${target.resource.kind} not implemented`,
    );
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const pods = (await client.list({ ...PODS, namespace }, { labelSelector }, signal)).items as Pod[]; // of `pods`
  const running = pods.filter(
    ({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp,
  );
  const pod = running[0] ?? pods[0];
  if (!pod) throw new ToolExit('error: timed out waiting for the condition');
  if (forLogs && pods.length > 1)
    invocation.stderr(`Found ${pods.length} pods, using pod/${pod.metadata.name}\n`);
  return pod;
}
