/** The columns of kinds that are stored without effect. */
import { type KubernetesObject, listOf, objectOf, objectsOf, stringOf } from '../../registry/json.ts';
import { humanDuration } from './age.ts';
import {
  AGE,
  type Column,
  containerColumns,
  formatMap,
  NAME,
  NONE,
  spec,
  status,
  strings,
  text,
} from './column.ts';

const templateOf = (object: KubernetesObject) => objectOf(object['template']);

/** printPodTemplate. */
export const POD_TEMPLATE: readonly Column[] = [
  NAME,
  ...containerColumns(object => objectOf(templateOf(object)['spec'])).map(({ name, cell }) =>
    text(name, cell),
  ),
  text('Pod Labels', object => formatMap(objectOf(templateOf(object)['metadata'])['labels'])),
];

/** printControllerRevision. */
export const CONTROLLER_REVISION: readonly Column[] = [
  NAME,
  text('Controller', revision => {
    const owner = objectsOf(revision.metadata['ownerReferences']).find(
      ({ controller }) => controller === true,
    );
    if (!owner) return NONE;
    const { apiVersion, kind, name } = owner;
    const group = String(apiVersion).includes('/') ? `.${String(apiVersion).split('/')[0]}` : '';
    return `${String(kind).toLowerCase()}${group}/${String(name)}`;
  }),
  text('Revision', revision => revision['revision'] ?? 0),
  AGE,
];

function requestStatus(request: KubernetesObject): string {
  const types = objectsOf(status(request)['conditions']).map(({ type }) => type);
  const verdict = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  const certificate = stringOf(status(request)['certificate']) ?? '';
  return `${verdict}${types.includes('Failed') ? ',Failed' : ''}${certificate === '' ? '' : ',Issued'}`;
}

/** printCertificateSigningRequest. */
export const CERTIFICATE_REQUEST: readonly Column[] = [
  NAME,
  AGE,
  text('SignerName', request => spec(request)['signerName'] ?? NONE),
  text('Requestor', request => spec(request)['username'] ?? ''),
  text('RequestedDuration', request => {
    const { expirationSeconds } = spec(request);
    return typeof expirationSeconds === 'number' ? humanDuration(expirationSeconds * 1000) : NONE;
  }),
  text('Condition', requestStatus),
];

/** printServiceCIDR. */
export const SERVICE_CIDR: readonly Column[] = [
  NAME,
  text('CIDRs', range => strings(listOf(spec(range)['cidrs'])).join(',')),
  AGE,
];

/** printIPAddress, which shows an age without a heading. */
export const IP_ADDRESS: readonly Column[] = [
  NAME,
  text('ParentRef', address => {
    const parent = spec(address)['parentRef'];
    if (parent === undefined) return NONE;
    const { group = '', resource = '', namespace = '', name = '' } = objectOf(parent);
    return [group === '' ? resource : `${String(resource)}.${String(group)}`, namespace, name]
      .filter(part => part !== '')
      .map(part => String(part))
      .join('/');
  }),
];
