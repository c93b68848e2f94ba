/** What `istioctl analyze` says of resources that make no sense to istiod (schema/analyzer.go @1.30.3). */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { validate } from '../../../simulator/istio/istiod/validation/validate.ts';
import type { Edition } from '../../../simulator/istio/registry/names.ts';
import type { Message } from './analyzers.ts';

const ISTIO_GROUP = /^(?:networking|security|telemetry|extensions)\.istio\.io\//;

/** Finds nothing in objects of others. Warnings are those of the current release's istioctl only. */
export function schemaFindings(edition: Edition, object: KubernetesObject): readonly Message[] {
  const { apiVersion = '', kind = '', metadata } = object;
  if (!ISTIO_GROUP.test(apiVersion)) return [];
  const { name = '', namespace = '' } = metadata;
  const about = `${kind} ${[namespace, name].filter(Boolean).join('/')}`;
  const { each, warnings } = validate(edition, kind, object['spec'], { name, namespace });
  return [
    ...each.map(
      (text): Message => ({
        level: 'Error',
        code: 'IST0106',
        about,
        text: `Schema validation error: ${text}`,
      }),
    ),
    ...(edition === '1.8' ? [] : warnings).map(
      (text): Message => ({
        level: 'Warning',
        code: 'IST0133',
        about,
        text: `Schema validation warning: ${text}`,
      }),
    ),
  ];
}
