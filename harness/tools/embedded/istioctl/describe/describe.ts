/**
 * `istioctl x describe pod|service`: the rules that a workload's proxy has, and how it takes connections.
 * istioctl/pkg/describe/describe.go @1.30.3
 */
import { includesLabels } from '../../../../base/labels.ts';
import { ToolExit } from '../../invocation.ts';
import type { Call, Verb } from '../verb.ts';
import { ingressLines } from './ingress.ts';
import { type Pod, podsIn, type Service, servicesIn, shownName } from './objects.ts';
import { peerAuthenticationLines } from './peer-authentication.ts';
import { notRunning, podLines } from './pod-text.ts';
import { LINE, servicesLines } from './services.ts';

const FLAGS = { ignoreUnmeshed: { type: 'boolean' } } as const;
const NO_SERVICES = 'https://istio.io/docs/setup/kubernetes/additional-setup/requirements/';

/** @returns the name and the namespace that a word means: `curl-1.sample` */
function named({ flags, args }: Call, what: string) {
  const [word, ...others] = args;
  if (word === undefined || others.length > 0) throw new ToolExit(`Error: expecting ${what} name`);
  const at = flags.text('namespace') ?? 'default';
  const dot = word.lastIndexOf('.');
  return dot < 0
    ? { at, name: word, namespace: at }
    : { at, name: word.slice(0, dot), namespace: word.slice(dot + 1) };
}

async function print(call: Call, lines: AsyncIterable<string> | Iterable<string>): Promise<void> {
  for await (const line of lines) call.invocation.stdout(`${line}\n`);
}

const pod: Verb = {
  flags: FLAGS,
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { client, flags, signal } = call;
    const { at, name, namespace } = named(call, 'pod');
    const path = { apiVersion: 'v1', plural: 'pods', namespace, name };
    const found = (await client.get(path, signal)) as Pod; // of `pods`
    const ignoresUnmeshed = flags.boolean('ignoreUnmeshed');
    await print(call, podLines(found, at, ignoresUnmeshed));
    const labels = found.metadata.labels ?? {};
    const services = (await servicesIn(call, namespace)).filter(({ spec: { selector = {} } }) => {
      return Object.keys(selector).length > 0 && includesLabels(labels, selector);
    });
    if (services.length === 0 && !ignoresUnmeshed)
      await print(call, [
        `Warning: No Kubernetes Services select pod ${shownName(found.metadata, at)} (see ${NO_SERVICES} )`,
      ]);
    const described = { pod: found, services, pods: [labels], at, ignoresUnmeshed };
    await print(call, [LINE]);
    await print(call, servicesLines(call, described));
    await print(call, [LINE]);
    await print(call, peerAuthenticationLines(call, found));
    await print(call, ingressLines(call, described));
    return 0;
  },
};

const service: Verb = {
  flags: FLAGS,
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { client, flags, signal } = call;
    const { at, name, namespace } = named(call, 'service');
    const path = { apiVersion: 'v1', plural: 'services', namespace, name };
    const found = (await client.get(path, signal)) as Service; // of `services`
    const labels = Object.entries(found.spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
    const chosen = { labelSelector: labels.join(',') };
    const pods = labels.length === 0 ? [] : await podsIn(call, namespace, chosen);
    const reasons = pods.map(each => reasonAgainst(each, at));
    await print(
      call,
      reasons.flatMap(reason => reason ?? []),
    );
    const ready = pods.filter((_each, index) => reasons[index] === undefined);
    const [first] = ready;
    const shown = shownName(found.metadata, at);
    if (!first) {
      await print(
        call,
        pods.length === 0
          ? [`Service "${shown}" has no pods.`]
          : [
              `Service "${shown}" has no Istio pods.  (${pods.length} pods in service).`,
              'Use `istioctl kube-inject` or redeploy with Istio automatic sidecar injection.',
            ],
      );
      return 0;
    }
    const described = {
      pod: first,
      services: [found],
      pods: ready.map(({ metadata }) => metadata.labels ?? {}),
      at,
      ignoresUnmeshed: flags.boolean('ignoreUnmeshed'),
    };
    await print(call, servicesLines(call, described));
    await print(call, ingressLines(call, described));
    return 0;
  },
};

/** Why a pod of a Service is not asked. */
function reasonAgainst(each: Pod, at: string): string | undefined {
  const { phase = '', containerStatuses = [], initContainerStatuses = [] } = each.status ?? {};
  if (phase !== 'Running') return notRunning(phase);
  const proxy = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === 'istio-proxy');
  const name = shownName(each.metadata, at);
  if (!proxy) return `Pod ${name}: no container "istio-proxy" in pod`;
  return proxy.ready ? undefined : `WARNING: Pod ${name} Container istio-proxy NOT READY`;
}

/** Each under the names that it goes by. */
export const describe: Readonly<Record<string, Verb>> = { pod, po: pod, service, svc: service };
