/** What a route does with a request, to the actions of envoy.config.route.v3.Route and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { durationOf, millisecondsOf, uint32Of } from '../proto/well-known.ts';
import type {
  DirectResponse,
  Forwarding,
  Redirect,
  Rewrite,
  RouteAction,
  WeightedCluster,
} from '../routes.ts';
import { hashPolicyOf, readHashPolicy } from './hash-policy.ts';
import { headerChangesOf, readHeaderChanges } from './header-changes.ts';
import { mirrorOf, readMirror } from './mirror.ts';
import { readRetryPolicy, retryPolicyOf } from './retry-policy.ts';
import { readRegex, regexOf } from './text-match.ts';

/** Envoy's, where a route has none: route/v3 RouteAction.timeout. */
const DEFAULT_TIMEOUT_MS = 15_000;
/** route.v3.RedirectAction.RedirectResponseCode, by its numbers. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Returns the field of a Route with its action. */
export function actionOf(action: RouteAction): ProtoMessage {
  if ('redirect' in action) return { redirect: redirectOf(action.redirect) };
  if ('directResponse' in action) return { direct_response: directResponseOf(action.directResponse) };
  const to =
    'cluster' in action
      ? { cluster: action.cluster }
      : { weighted_clusters: { clusters: action.weightedClusters.map(weightOf) } };
  const { timeoutMs, retryPolicy, rewrite, hashPolicy, mirrors } = action;
  return {
    route: {
      ...to,
      timeout: durationOf(timeoutMs),
      retry_policy: retryPolicy && retryPolicyOf(retryPolicy),
      prefix_rewrite: rewrite?.prefix,
      regex_rewrite: rewrite?.regex && {
        pattern: regexOf(rewrite.regex.pattern),
        substitution: rewrite.regex.substitution,
      },
      host_rewrite_literal: rewrite?.host,
      hash_policy: hashPolicy?.map(hashPolicyOf),
      request_mirror_policies: mirrors?.map(mirrorOf),
    },
  };
}

const weightOf = ({ cluster, weight, host, headers }: WeightedCluster): ProtoMessage => ({
  name: cluster,
  weight: weight === 0 ? {} : { value: weight },
  host_rewrite_literal: host,
  ...headerChangesOf(headers),
});

const redirectOf = ({ status, scheme, host, port, path, prefix }: Redirect): ProtoMessage => ({
  response_code: REDIRECTS.indexOf(status),
  scheme_redirect: scheme,
  host_redirect: host,
  port_redirect: port,
  path_redirect: path,
  prefix_rewrite: prefix,
});

const directResponseOf = ({ status, body }: DirectResponse): ProtoMessage => ({
  status,
  ...(body !== '' && { body: { inline_string: body } }),
});

/** Reads the action of a Route. @throws Refusal for one that is not executed */
export function readAction(fields: Fields): RouteAction {
  const redirect = fields.message('redirect', readRedirect);
  if (redirect) return { redirect };
  const directResponse = fields.message('direct_response', readDirectResponse);
  if (directResponse) return { directResponse };
  const forwarded = fields.message('route', readForwarding);
  if (forwarded) return forwarded;
  throw new Refusal(`${fields.type}: only route, redirect and direct_response are simulated as an action`);
}

function readForwarding(fields: Fields): RouteAction {
  const retryPolicy = fields.message('retry_policy', readRetryPolicy);
  const rewrite = readRewrite(fields);
  const hashPolicy = fields.messages('hash_policy', readHashPolicy);
  const mirrors = fields.messages('request_mirror_policies', readMirror);
  const forwarding: Forwarding = {
    timeoutMs: fields.message('timeout', millisecondsOf) ?? DEFAULT_TIMEOUT_MS,
    ...(retryPolicy && { retryPolicy }),
    ...(rewrite && { rewrite }),
    ...(hashPolicy.length > 0 && { hashPolicy }),
    ...(mirrors.length > 0 && { mirrors }),
  };
  const weightedClusters = fields.message('weighted_clusters', readWeightedClusters);
  if (weightedClusters) return { weightedClusters, ...forwarding };
  if (!fields.has('cluster'))
    throw new Refusal(`${fields.type}: only cluster and weighted_clusters are simulated as a target`);
  return { cluster: fields.string('cluster'), ...forwarding };
}

function readRewrite(fields: Fields): Rewrite | undefined {
  const prefix = fields.string('prefix_rewrite');
  const host = fields.string('host_rewrite_literal');
  const regex = fields.message('regex_rewrite', it => ({
    pattern: it.message('pattern', readRegex) ?? '',
    substitution: it.string('substitution'),
  }));
  return prefix !== '' || host !== '' || regex
    ? { ...(prefix !== '' && { prefix }), ...(regex && { regex }), ...(host !== '' && { host }) }
    : undefined;
}

/** @throws Refusal for clusters of which none has a weight (source/common/router/config_impl.cc@v1.30) */
function readWeightedClusters(fields: Fields): readonly WeightedCluster[] {
  const clusters = fields.messages('clusters', readWeight);
  const total = fields.message('total_weight', uint32Of);
  const sum = clusters.reduce((all, { weight }) => all + weight, 0);
  if (total !== undefined && total !== sum)
    throw new Refusal(`Sum of weights in the weighted_cluster should add up to ${total}`);
  if (sum === 0) throw new Refusal('Sum of weights in the weighted_cluster must be greater than 0.');
  return clusters;
}

function readWeight(fields: Fields): WeightedCluster {
  const host = fields.string('host_rewrite_literal');
  const headers = readHeaderChanges(fields);
  return {
    cluster: fields.string('name'),
    weight: fields.message('weight', uint32Of) ?? 0,
    ...(host !== '' && { host }),
    ...(headers && { headers }),
  };
}

function readRedirect(fields: Fields): Redirect {
  const code = fields.number('response_code');
  const port = fields.number('port_redirect');
  const https = fields.boolean('https_redirect') ? 'https' : '';
  const scheme = fields.string('scheme_redirect') || https;
  const texts = {
    host: fields.string('host_redirect'),
    path: fields.string('path_redirect'),
    prefix: fields.string('prefix_rewrite'),
  };
  return {
    status: REDIRECTS[code] ?? 301,
    ...(scheme !== '' && { scheme }),
    ...(texts.host !== '' && { host: texts.host }),
    ...(port !== 0 && { port }),
    ...(texts.path !== '' && { path: texts.path }),
    ...(texts.prefix !== '' && { prefix: texts.prefix }),
  };
}

function readDirectResponse(fields: Fields): DirectResponse {
  const body = fields.message('body', source => {
    if (source.has('inline_string')) return source.string('inline_string');
    if (source.has('inline_bytes')) return Buffer.from(source.bytes('inline_bytes')).toString('utf8');
    throw new Refusal(`${source.type}: only inline_string and inline_bytes are simulated`);
  });
  return { status: fields.number('status'), body: body ?? '' };
}
