/** The columns of events, which are the same in both of their API groups. */
import { type KubernetesObject, objectOf, stringOf } from '../../registry/json.ts';
import { age } from './age.ts';
import { type Column, number, text, wide } from './column.ts';

function eventObject(event: KubernetesObject): string {
  const { kind, name } = objectOf(event['involvedObject']);
  return `${String(kind ?? '').toLowerCase()}/${String(name ?? '')}`;
}

function lastSeen(event: KubernetesObject, now: number): string {
  const first = event['firstTimestamp'] ?? event['eventTime'];
  return age(objectOf(event['series'])['lastObservedTime'] ?? event['lastTimestamp'] ?? first, now);
}

/** printEvent. */
export const EVENT: readonly Column[] = [
  text('Last Seen', lastSeen),
  text('Type', event => event['type']),
  text('Reason', event => event['reason']),
  text('Object', eventObject),
  wide('Subobject', event => objectOf(event['involvedObject'])['fieldPath'] ?? ''),
  wide('Source', event => {
    const { component, host } = objectOf(event['source']);
    const name = stringOf(component) || stringOf(event['reportingComponent']) || '';
    return host === undefined || host === '' ? name : `${name}, ${String(host)}`;
  }),
  text('Message', event => String(event['message'] ?? '').trim()),
  wide('First Seen', (event, now) => age(event['firstTimestamp'] ?? event['eventTime'], now)),
  wide('Count', event => number(objectOf(event['series'])['count'] ?? event['count'] ?? 1)),
  { name: 'Name', format: 'name', priority: 1, cell: event => event.metadata.name },
];
