/** The columns of what the API server tells of itself, and of RuntimeClasses. */
import { type KubernetesObject, objectOf, objectsOf, stringOf } from '../../registry/json.ts';
import { AGE, type Column, NAME, NONE, spec, text } from './column.ts';

const healthOf = (object: KubernetesObject) =>
  objectsOf(object['conditions']).find(({ type }) => type === 'Healthy') ?? {};

const HEALTH: Readonly<Record<string, string>> = { True: 'Healthy', False: 'Unhealthy' };

/** printComponentStatus. */
export const COMPONENT_STATUS: readonly Column[] = [
  NAME,
  text('Status', object => HEALTH[stringOf(healthOf(object)['status']) ?? ''] ?? 'Unknown'),
  text('Message', object => stringOf(healthOf(object)['message']) ?? ''),
  text('Error', object => stringOf(healthOf(object)['error']) ?? ''),
];

const availableOf = (object: KubernetesObject) =>
  objectsOf(objectOf(object['status'])['conditions']).find(({ type }) => type === 'Available');

/** kube-aggregator pkg/registry/apiservice/etcd/etcd.go, ConvertToTable. */
export const API_SERVICE: readonly Column[] = [
  NAME,
  text('Service', object => {
    const { namespace, name } = objectOf(spec(object)['service']);
    return name === undefined ? 'Local' : `${stringOf(namespace)}/${stringOf(name)}`;
  }),
  text('Available', object => {
    const { status, reason } = availableOf(object) ?? { status: 'Unknown' };
    return status === 'True' || reason === undefined
      ? String(status)
      : `${String(status)} (${String(reason)})`;
  }),
  AGE,
];

/** printRuntimeClass. */
export const RUNTIME_CLASS: readonly Column[] = [
  NAME,
  text('Handler', object => stringOf(object['handler']) ?? ''),
  AGE,
];

/** Says whether a flow schema's level is missing; unknown as long as nobody has looked. */
const danglingOf = (object: KubernetesObject): string => {
  const conditions = objectsOf(objectOf(object['status'])['conditions']);
  return stringOf(conditions.find(({ type }) => type === 'Dangling')?.['status']) ?? '?';
};

/** printFlowSchema. */
export const FLOW_SCHEMA: readonly Column[] = [
  NAME,
  text(
    'PriorityLevel',
    object => stringOf(objectOf(spec(object)['priorityLevelConfiguration'])['name']) ?? '',
  ),
  text('MatchingPrecedence', object => String(spec(object)['matchingPrecedence'] ?? '')),
  text(
    'DistinguisherMethod',
    object => stringOf(objectOf(spec(object)['distinguisherMethod'])['type']) ?? NONE,
  ),
  AGE,
  text('MissingPL', danglingOf),
];

const limitedOf = (object: KubernetesObject) => objectOf(spec(object)['limited']);
const queuingOf = (object: KubernetesObject) =>
  objectOf(objectOf(limitedOf(object)['limitResponse'])['queuing']);
const shown = (value: unknown): string => (value === undefined ? NONE : String(value));

/** printPriorityLevelConfiguration. */
export const PRIORITY_LEVEL: readonly Column[] = [
  NAME,
  text('Type', object => stringOf(spec(object)['type']) ?? ''),
  text('NominalConcurrencyShares', object => shown(limitedOf(object)['nominalConcurrencyShares'])),
  text('Queues', object => shown(queuingOf(object)['queues'])),
  text('HandSize', object => shown(queuingOf(object)['handSize'])),
  text('QueueLengthLimit', object => shown(queuingOf(object)['queueLengthLimit'])),
  AGE,
];
