/** The columns of nodes. */
import { type KubernetesObject, objectOf, objectsOf, stringOf } from '../../registry/json.ts';
import { AGE, type Column, NAME, NONE, spec, status, text, UNKNOWN, wide } from './column.ts';

const ROLE_LABEL = 'node-role.kubernetes.io/';

function nodeStatus(node: KubernetesObject): string {
  const ready = objectsOf(status(node)['conditions']).find(condition => condition['type'] === 'Ready');
  const word = ready ? (ready['status'] === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec(node)['unschedulable'] === true ? `${word},SchedulingDisabled` : word;
}

function nodeAddress(node: KubernetesObject, type: string): string {
  const found = objectsOf(status(node)['addresses']).find(address => address['type'] === type);
  return stringOf(found?.['address']) || NONE;
}

const nodeInfo = (node: KubernetesObject, key: string): string =>
  stringOf(objectOf(status(node)['nodeInfo'])[key]) || UNKNOWN;

/** printNode. */
export const NODE: readonly Column[] = [
  NAME,
  text('Status', nodeStatus),
  text('Roles', node => {
    const roles = Object.keys(node.metadata.labels ?? {})
      .filter(label => label.startsWith(ROLE_LABEL) && label.length > ROLE_LABEL.length)
      .map(label => label.slice(ROLE_LABEL.length));
    return roles.length === 0 ? NONE : roles.sort().join(',');
  }),
  AGE,
  text('Version', node => objectOf(status(node)['nodeInfo'])['kubeletVersion']),
  wide('Internal-IP', node => nodeAddress(node, 'InternalIP')),
  wide('External-IP', node => nodeAddress(node, 'ExternalIP')),
  wide('OS-Image', node => nodeInfo(node, 'osImage')),
  wide('Kernel-Version', node => nodeInfo(node, 'kernelVersion')),
  wide('Container-Runtime', node => nodeInfo(node, 'containerRuntimeVersion')),
];
