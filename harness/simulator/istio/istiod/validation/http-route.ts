/** HTTP routes of a VirtualService (pkg/config/validation/virtualservice.go @1.30.3 and @1.8.0). */

import http from 'node:http';
import { parseDuration } from '../../../../base/go-duration.ts';
import { list, type Tree, tree, trees } from '../../../../base/untyped.ts';
import { text, texts } from '../model/config-fields.ts';
import { destination, gatewayNames, httpDestinations } from './destinations.ts';
import {
  type Context,
  each,
  type Findings,
  listed,
  NONE,
  problem,
  problemIf,
  problemsOnly,
  warningIf,
} from './findings.ts';
import {
  corsPolicy,
  expression,
  headerChanges,
  matchedExpression,
  matchedHeader,
  matchedText,
  oneAuthority,
} from './headers.ts';
import { duration, has, isLabel, port, textOf, workloadLabels } from './values.ts';

/** @param isDelegate - the VirtualService has no hosts */
export function httpRoute(route: Tree, isDelegate: boolean, context: Context): Findings {
  const { isOld } = context;
  const part = (name: string): Tree => tree(route[name]);
  return [
    ...conflicts(route, isDelegate, isOld),
    ...matches(trees(route['match']), isOld),
    ...headerChanges(route['headers'], isOld),
    ...corsPolicy(part('corsPolicy'), maxAge, isOld),
    ...(has(route, 'fault') ? fault(part('fault'), isOld) : NONE),
    ...mirrored(route),
    ...(has(route, 'mirror') ? destination(part('mirror')) : NONE),
    ...(isOld ? NONE : each(trees(route['mirrors']), mirror)),
    ...(has(route, 'redirect') ? redirect(part('redirect'), isOld) : NONE),
    ...(has(route, 'directResponse') && !isOld ? status(part('directResponse')['status']) : NONE),
    ...(has(route, 'retries') ? retries(part('retries')) : NONE),
    ...(has(route, 'rewrite') ? rewrite(part('rewrite'), isOld) : NONE),
    ...(isOld ? NONE : oneAuthority(part('rewrite'), route['headers'])),
    ...httpDestinations(trees(route['route']), context),
    ...duration(route['timeout']),
  ];
}

const CONFLICTS: readonly (readonly [kind: string, other: string, problem: string])[] = [
  ['redirect', 'route', 'HTTP route cannot contain both route and redirect'],
  ['redirect', 'fault', 'HTTP route cannot contain both fault and redirect'],
  ['redirect', 'rewrite', 'HTTP route rule cannot contain both rewrite and redirect'],
  ['redirect', 'directResponse', 'HTTP route rule cannot contain both direct_response and redirect'],
  ['directResponse', 'route', 'HTTP route cannot contain both route and direct_response'],
  ['directResponse', 'fault', 'HTTP route cannot contain both fault and direct_response'],
  ['directResponse', 'rewrite', 'HTTP route rule cannot contain both rewrite and direct_response'],
];

/** What a route of each kind may not have beside it. */
function conflicts(route: Tree, isDelegate: boolean, isOld: boolean): Findings {
  const isThere = (name: string): boolean =>
    name === 'route' ? list(route['route']).length > 0 : has(route, name);
  if (!isDelegate && isThere('delegate')) {
    const name = textOf(route, 'name');
    return each(['redirect', 'route'], field =>
      problemIf(isThere(field), `root HTTP route ${name} must not specify ${field}`),
    );
  }
  const kind = (isOld ? ['redirect'] : ['redirect', 'directResponse']).find(isThere);
  const required = isOld
    ? 'HTTP route or redirect is required'
    : 'HTTP route, redirect or direct_response is required';
  return [
    ...problemIf(isDelegate && isThere('delegate'), 'delegate HTTP route cannot contain delegate'),
    ...each(CONFLICTS, ([own, other, problemText]) =>
      problemIf(own === kind && isThere(other) && !(isOld && other === 'directResponse'), problemText),
    ),
    ...problemIf(kind === undefined && !isThere('route'), required),
    ...problemIf(
      !isOld && isThere('mirror') && list(route['mirrors']).length > 0,
      'HTTP route cannot contain both mirror and mirrors',
    ),
  ];
}

const matches = (all: readonly Tree[], isOld: boolean): Findings => [
  ...each(all, match => [
    ...each(Object.entries(tree(match['headers'])), ([name, value]) => [
      ...matchedHeader(name, isOld),
      ...matchedText(value, 'headers', isOld),
    ]),
    ...(isOld
      ? NONE
      : each(Object.entries(tree(match['withoutHeaders'])), ([name, value]) => [
          ...matchedHeader(name, false),
          ...(tree(value)['regex'] === '*' ? NONE : matchedText(value, 'withoutHeaders', false)),
        ])),
    ...matchedExpression(match['uri'], 'uri', isOld),
    ...each(['scheme', 'method', 'authority'], name => matchedText(match[name], name, isOld)),
    ...each(Object.values(tree(match['queryParams'])), value => matchedText(value, 'queryParams', isOld)),
  ]),
  ...each(all, match => [
    ...(match['port'] ? port(match['port']) : NONE),
    ...workloadLabels(match['sourceLabels']),
    ...problemsOnly(gatewayNames(texts(match['gateways']))),
    ...(textOf(match, 'sourceNamespace') === '' || isLabel(textOf(match, 'sourceNamespace'))
      ? NONE
      : problem(`sourceNamespace match ${textOf(match, 'sourceNamespace')} is invalid`)),
  ]),
];

function maxAge(value: unknown): Findings {
  const ms = parseDuration(text(value) ?? '');
  return [
    ...duration(value),
    ...(ms !== undefined && ms % 1000 !== 0
      ? listed('max_age duration is accurate only to seconds precision')
      : NONE),
  ];
}

function percentage(value: unknown): Findings {
  const number = Number(tree(value)['value'] ?? 0);
  return problemIf(
    number < 0 || number > 100 || (number > 0 && number < 0.0001),
    `percentage ${number} is neither 0.0, nor in range [0.0001, 100.0]`,
  );
}

const status = (value: unknown): Findings => {
  const number = Number(value ?? 0);
  return problemIf(number < 200 || number > 600, `HTTP status ${number} is not in range 200-599`);
};

const GRPC_STATUSES =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED ' +
  'UNAUTHENTICATED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL ' +
  'UNAVAILABLE DATA_LOSS';

function abort(fields: Tree, isOld: boolean): Findings {
  if (has(fields, 'grpcStatus')) {
    if (isOld) return listed('gRPC abort fault injection not supported yet');
    const name = textOf(fields, 'grpcStatus');
    return problemIf(
      !GRPC_STATUSES.split(' ').includes(name),
      `gRPC status "${name}" is not supported. ` +
        'See https://github.com/grpc/grpc/blob/master/doc/statuscodes.md ' +
        "for a list of supported codes, for example 'NOT_FOUND'",
    );
  }
  if (has(fields, 'http2Error')) {
    const told = 'HTTP/2 abort fault injection not supported yet';
    return isOld ? listed(told) : problem(told);
  }
  if (has(fields, 'httpStatus')) return status(fields['httpStatus']);
  return NONE;
}

function fault(fields: Tree, isOld: boolean): Findings {
  const delay = tree(fields['delay']);
  return [
    ...(has(fields, 'abort') || has(fields, 'delay')
      ? NONE
      : listed('HTTP fault injection must have an abort and/or a delay')),
    ...(has(fields, 'abort')
      ? [...percentage(tree(fields['abort'])['percentage']), ...abort(tree(fields['abort']), isOld)]
      : NONE),
    ...percentage(delay['percentage']),
    ...duration(delay['fixedDelay']),
    ...duration(delay['exponentialDelay']),
    ...(has(delay, 'exponentialDelay') ? listed('exponentialDelay not supported yet') : NONE),
  ];
}

function mirrored(route: Tree): Findings {
  const share = route['mirrorPercent'] ?? route['mirror_percent'];
  const exact = Number(tree(route['mirrorPercentage'])['value'] ?? 0);
  return [
    ...problemIf(Number(share ?? 0) > 100, `mirror_percent must have a max value of 100 (it has ${share})`),
    ...warningIf(
      share !== undefined && share !== null,
      'using deprecated setting "mirrorPercent", use "mirrorPercentage" instead',
    ),
    ...problemIf(exact > 100, `mirror_percentage must have a max value of 100 (it has ${exact.toFixed(6)})`),
    ...problemIf(exact < 0, `mirror_percentage must have a min value of 0 (it has ${exact.toFixed(6)})`),
  ];
}

function mirror(fields: Tree): Findings {
  if (!has(fields, 'destination')) return problem('destination is required for mirrors');
  const share = Number(tree(fields['percentage'])['value'] ?? 0);
  return [
    ...destination(tree(fields['destination'])),
    ...problemIf(share > 100, `mirror percentage must have a max value of 100 (it has ${share.toFixed(6)})`),
    ...problemIf(share < 0, `mirror percentage must have a min value of 0 (it has ${share.toFixed(6)})`),
  ];
}

function redirect(fields: Tree, isOld: boolean): Findings {
  const isThere = (name: string): boolean => textOf(fields, name) !== '';
  const places = isOld
    ? ['uri', 'authority']
    : ['uri', 'prefixRewrite', 'authority', 'scheme', 'port', 'derivePort'];
  if (!places.some(isThere))
    return problem(
      isOld
        ? 'redirect must specify URI, authority, or both'
        : 'redirect must specify URI, authority, scheme, or port',
    );
  const code = Number(fields['redirectCode'] ?? 0);
  if (code !== 0 && (code < 300 || code > 399))
    return problem(`${code} is not a valid redirect code, must be 3xx`);
  if (isOld) return NONE;
  if (isThere('scheme') && !/^https?$/.test(textOf(fields, 'scheme')))
    return problem('invalid redirect scheme, must be "http" or "https"');
  return fields['port'] ? port(fields['port']) : NONE;
}

const RETRY_ON = new Set(
  (
    'connect-failure refused-stream unavailable cancelled retriable-status-codes 5xx gateway-error reset ' +
    'reset-before-request retriable-4xx retriable-headers envoy-ratelimited http3-post-connect-failure ' +
    'deadline-exceeded internal resource-exhausted'
  ).split(' '),
);

function retries(fields: Tree): Findings {
  const attempts = Number(fields['attempts'] ?? 0);
  const retryOn = textOf(fields, 'retryOn');
  const isDescribed = has(fields, 'perTryTimeout') || retryOn !== '' || has(fields, 'retryRemoteLocalities');
  return [
    ...(attempts < 0 ? listed('attempts cannot be negative') : NONE),
    ...problemIf(
      attempts === 0 && isDescribed,
      'http retry policy configured when attempts are set to 0 (disabled)',
    ),
    ...duration(fields['perTryTimeout']),
    ...each(retryOn === '' ? [] : retryOn.split(','), condition =>
      problemIf(
        http.STATUS_CODES[condition] === undefined && !RETRY_ON.has(condition),
        `"${condition}" is not a valid retryOn policy`,
      ),
    ),
    ...duration(fields['backoff']),
  ];
}

function rewrite(fields: Tree, isOld: boolean): Findings {
  const regex = tree(fields['uriRegexRewrite']);
  const [uri, authority] = [textOf(fields, 'uri'), textOf(fields, 'authority')];
  if (isOld) return problemIf(uri === '' && authority === '', 'rewrite must specify URI, authority, or both');
  if (uri !== '' && has(fields, 'uriRegexRewrite'))
    return problem('rewrite may only contain one of URI or UriRegexRewrite');
  if (!has(fields, 'uriRegexRewrite'))
    return problemIf(
      uri === '' && authority === '',
      'rewrite must specify at least one of URI, UriRegexRewrite, or authority. ' +
        'Only one of URI or UriRegexRewrite may be specified',
    );
  const wrong =
    textOf(regex, 'match') === '' || textOf(regex, 'rewrite') === ''
      ? problem('UriRegexRewrite requires both Rewrite and Match fields to be specified')
      : expression(textOf(regex, 'match'), 'HTTPRewrite.UriRegexRewrite.Match');
  return each(wrong, ({ text: told }) => problem(`UriRegexRewrite has errors\n${told}`));
}
