/** Webhooks that inject sidecars, and which of them would take a pod. istioctl/pkg/checkinject @1.30.3 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import {
  fitsLabels,
  type LabelRequirement,
  type LabelSelector,
  labelOf,
  meetsRequirement,
} from '../../../base/labels.ts';
import type { Call } from './verb.ts';

type Labels = Readonly<Record<string, string>>;

/** One webhook of a configuration. */
interface Webhook {
  readonly name: string;
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/** Lists the configurations of webhooks that change objects. */
export async function hooksOf(
  { client, signal }: Call,
  labelSelector?: string,
): Promise<readonly KubernetesObject[]> {
  const path = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    plural: 'mutatingwebhookconfigurations',
  };
  const { items } = await client.list(path, labelSelector === undefined ? {} : { labelSelector }, signal);
  return [...items].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

/** Returns the webhooks of a configuration. */
export const webhooksOf = (configuration: KubernetesObject): readonly Webhook[] =>
  (configuration['webhooks'] ?? []) as readonly Webhook[]; // as the API server validated it

/** Returns the revision of an object; empty without one. */
export const revisionLabel = ({ metadata }: KubernetesObject): string =>
  metadata.labels?.['istio.io/rev'] ?? '';

/** Tells whether a selector fits; none fits all. */
export const selects = (selector: LabelSelector | undefined, labels: Labels): boolean =>
  fitsLabels(selector ?? {}, labels);

/** What becomes of a pod at one configuration, and why. */
interface Injection {
  readonly isInjected: boolean;
  readonly reason: string;
}

/** Tells whether a configuration injects. @param labels - of the pod, and of its namespace */
export function injectionBy(
  configuration: KubernetesObject,
  labels: { readonly pod: Labels; readonly namespace: Labels },
): Injection {
  const hooks = webhooksOf(configuration);
  for (const hook of hooks) {
    const found = decisionOf(hook, labels);
    if (found) return found;
  }
  return { isInjected: false, reason: noMatch(hooks) };
}

/** What a webhook has to say; undefined for nothing. */
function decisionOf(
  { namespaceSelector, objectSelector }: Webhook,
  { pod, namespace }: { readonly pod: Labels; readonly namespace: Labels },
): Injection | undefined {
  const ofNamespace = selects(namespaceSelector, namespace);
  const ofPod = selects(objectSelector, pod);
  if (ofNamespace && ofPod) {
    const [first, second] = [matchedLabel(namespaceSelector, namespace), matchedLabel(objectSelector, pod)];
    if (first === '' && second === '') return undefined;
    const everywhere = /kubernetes\.io\/metadata\.name/.test(first)
      ? ' (Automatic injection is enabled in all namespaces).'
      : '';
    const reason =
      first === ''
        ? `Pod label ${second} matches`
        : second === ''
          ? `Namespace label ${first} matches${everywhere}`
          : `Namespace label ${first} matches, and pod label ${second} matches`;
    return { isInjected: true, reason };
  }
  const preventing = ofNamespace
    ? (objectSelector?.matchExpressions ?? []).find(each => forbids(each, pod))
    : undefined;
  if (preventing) return prevented('Pod', `${preventing.key}=${pod[preventing.key]}`);
  const word = namespace['istio-injection'];
  return ofPod && !ofNamespace && word !== undefined && word !== 'enabled'
    ? prevented('Namespace', `istio-injection=${word}`)
    : undefined;
}

const prevented = (who: string, label: string): Injection => ({
  isInjected: false,
  reason: `${who} has ${label} label, preventing injection`,
});

const forbids = (each: LabelRequirement, labels: Labels): boolean =>
  (each.operator === 'DoesNotExist' || each.operator === 'NotIn') &&
  !meetsRequirement(each, labelOf(labels, each.key));

/** The label by which a selector fits. */
function matchedLabel(selector: LabelSelector | undefined, labels: Labels): string {
  const found = (selector?.matchExpressions ?? []).find(
    ({ key, operator }) => (operator === 'In' || operator === 'NotIn') && labels[key] !== undefined,
  );
  return found ? `${found.key}=${labels[found.key]}` : '';
}

const NEVER = 'istio.io/deactivated';
const neverFits = (selector: LabelSelector | undefined) => selector?.matchLabels?.[NEVER] === 'never-match';

function noMatch(hooks: readonly Webhook[]): string {
  if (hooks.some(each => neverFits(each.namespaceSelector) && neverFits(each.objectSelector)))
    return 'The injection webhook is deactivated, and will never match labels.';
  const wanted = (selector: LabelSelector | undefined) =>
    (selector?.matchExpressions ?? []).flatMap(({ key, operator, values = [] }) =>
      operator === 'In' ? values.map(value => `${key}=${value}`) : [],
    );
  const namespaces = hooks.flatMap(each => wanted(each.namespaceSelector)).join(', ');
  const pods = hooks.flatMap(each => wanted(each.objectSelector)).join(', ');
  return `No matching namespace labels (${namespaces}) or pod labels (${pods})`;
}
