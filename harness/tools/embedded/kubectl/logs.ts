/** `kubectl logs`. Kubernetes: kubectl pkg/cmd/logs. */
import { ToolExit } from '../invocation.ts';
import { containerOf, PODS, type Pod, podOf } from './pods.ts';
import type { Call, Verb } from './verb.ts';

/** Prints the logs of a pod, or of all pods that a selector matches, one container after the other. */
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
