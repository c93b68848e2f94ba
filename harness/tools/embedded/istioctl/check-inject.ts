/** `istioctl x check-inject`: which webhooks would inject a pod, and why. istioctl/pkg/checkinject @1.30.3 */
import { ToolExit } from '../invocation.ts';
import { columns } from './ask-istiod.ts';
import { hooksOf, injectionBy, revisionLabel, webhooksOf } from './injection-hooks.ts';
import { proxyPod } from './proxy-pod.ts';
import type { Call, Verb } from './verb.ts';

const EXPECTED =
  'check-inject requires only [<resource-type>/]<resource-name>[.<namespace>], or specify labels flag';
/** Colours, which are not printed here, count for the width of this column. */
const INJECTED_WIDTH = 12;

/** Prints a table of the webhooks; unlike istioctl's it has no colours. */
export const checkInject: Verb = {
  flags: { labels: { type: 'text', short: 'l' } },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { args, flags, invocation } = call;
    const wanted = flags.text('labels') ?? '';
    if ((args.length === 0 && wanted === '') || args.length > 1) throw new ToolExit(`Error: ${EXPECTED}`);
    const labels = await labelsOf(call, args[0], wanted);
    const rows = (await hooksOf(call))
      .filter(hook => webhooksOf(hook).some(({ name }) => name.endsWith('istio.io')))
      .map(hook => ({ hook, ...injectionBy(hook, labels) }));
    if (rows.length === 0) {
      invocation.stdout('ERROR: no Istio injection hooks present.\n');
      return 0;
    }
    const table = rows.map(({ hook, isInjected, reason }) => [
      hook.metadata.name ?? '',
      revisionLabel(hook),
      (isInjected ? '✔' : '✘').padEnd(INJECTED_WIDTH - 1),
      reason,
    ]);
    const head = ['WEBHOOK', 'REVISION', 'INJECTED'.padEnd(INJECTED_WIDTH), 'REASON'];
    invocation.stdout(columns([head, ...table], 2));
    if (rows.filter(({ isInjected }) => isInjected).length > 1)
      invocation.stdout('ERROR: multiple webhooks will inject, which can lead to errors');
    return 0;
  },
};

/** Of a pod that there is, or of one with the labels that are asked about. */
async function labelsOf(call: Call, word: string | undefined, wanted: string) {
  const { client, flags, signal } = call;
  const named = async (name: string) => {
    const found = await client.get({ apiVersion: 'v1', plural: 'namespaces', name }, signal);
    return found.metadata.labels ?? {};
  };
  if (word === undefined) {
    const pairs = wanted.split(',').map(pair => pair.split('=') as [string, string?]);
    const pod = Object.fromEntries(pairs.map(([key, value = '']) => [key.trim(), value.trim()]));
    return { pod, namespace: await named(flags.text('namespace') ?? 'default') };
  }
  const { name, namespace } = await proxyPod(call, word);
  const pod = await client.get({ apiVersion: 'v1', plural: 'pods', namespace, name }, signal);
  return { pod: pod.metadata.labels ?? {}, namespace: await named(namespace) };
}
