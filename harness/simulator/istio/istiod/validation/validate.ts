/** What istiod's webhook and istioctl find wrong with a resource (pkg/config/validation @1.30.3). */
import { type Tree, tree } from '../../../../base/untyped.ts';
import type { Edition } from '../../registry/names.ts';
import { authorizationPolicy } from './authorization-policy.ts';
import { decodingProblem } from './decoded.ts';
import { destinationRule } from './destination-rule.ts';
import { type Context, type Findings, printed } from './findings.ts';
import { gateway } from './gateway.ts';
import { envoyFilter, peerAuthentication, requestAuthentication } from './other-kinds.ts';
import { serviceEntry } from './service-entry.ts';
import { sidecar } from './sidecar.ts';
import { virtualService } from './virtual-service.ts';
import { workloadEntry, workloadGroup } from './workload-entry.ts';

const CHECKS: Readonly<Record<string, (spec: Tree, context: Context) => Findings>> = {
  AuthorizationPolicy: authorizationPolicy,
  DestinationRule: destinationRule,
  EnvoyFilter: envoyFilter,
  Gateway: gateway,
  PeerAuthentication: peerAuthentication,
  RequestAuthentication: requestAuthentication,
  ServiceEntry: serviceEntry,
  Sidecar: sidecar,
  VirtualService: virtualService,
  WorkloadEntry: workloadEntry,
  WorkloadGroup: (spec, context) => workloadGroup(spec, context),
};

/** Whether a release's rules are those of 1.8, or today's. */
const IS_OLD: Readonly<Record<Edition, boolean>> = { '1.8': true, current: false };

/** What is found. */
interface Validated {
  /** Why no message of Istio's holds the spec; nothing else is looked at then. */
  readonly undecoded?: string;
  /** Istio's words for all that is wrong: a line, or a list of several. */
  readonly problems?: string;
  /** The same, one by one. */
  readonly each: readonly string[];
  readonly warnings: readonly string[];
}

/** Words why the webhook refuses; undefined: it does not. */
export const refusalOf = ({ undecoded, problems }: Validated): string | undefined =>
  undecoded !== undefined
    ? `error decoding configuration: ${undecoded}`
    : problems !== undefined
      ? `configuration is invalid: ${problems}`
      : undefined;

/**
 * Looks at the spec of a resource, as the API server keeps it.
 * @param namespace - of the resource; empty: that of the client
 * @returns nothing for kinds that Istio has not, or that are not looked at here
 */
export function validate(
  edition: Edition,
  kind: string,
  spec: unknown,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Validated {
  const context = { name, namespace, isOld: IS_OLD[edition] };
  const undecoded = decodingProblem(spec);
  if (undecoded !== undefined) return { undecoded, each: [undecoded], warnings: [] };
  const findings = CHECKS[kind]?.(tree(spec), context) ?? [];
  const warnings = findings.filter(each => each.kind === 'warning').map(({ text }) => text);
  const problems = printed(findings);
  const texts = findings.filter(found => found.kind !== 'warning').map(({ text }) => text);
  return { ...(problems !== undefined && { problems }), each: texts, warnings: [...new Set(warnings)] };
}
