/** PeerAuthentications, RequestAuthentications and EnvoyFilters (validation.go @1.30.3 and @1.8.0). */
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import { texts } from '../model/config-fields.ts';
import { type Context, each, type Findings, listed, NONE, problem, problemIf, warning } from './findings.ts';
import { has, selectorLabels, textOf } from './values.ts';

/** Modes of mTLS, for ports only where workloads are selected. */
export function peerAuthentication(spec: Tree, { isOld }: Context): Findings {
  const selector = tree(spec['selector']);
  const ports = Object.keys(tree(spec['portLevelMtls'])).map(Number);
  const selected = Object.keys(tree(selector['matchLabels']));
  return [
    ...problemIf(
      selected.length === 0 && ports.length > 0,
      'mesh/namespace peer authentication cannot have port level mTLS',
    ),
    ...problemIf(
      has(spec, 'portLevelMtls') && ports.length === 0,
      'port level mTLS, if defined, must have at least one element',
    ),
    ...each(ports, port =>
      isOld
        ? problemIf(port === 0, 'port cannot be 0')
        : problemIf(
            !(Number.isInteger(port) && port >= 1 && port <= 65_535),
            'port must be in range 1..65535',
          ),
    ),
    ...selectorLabels(selector['matchLabels']),
  ];
}

/** Rules of tokens: where a token is, and whose. */
export const requestAuthentication = (spec: Tree, { isOld }: Context): Findings => [
  ...selectorLabels(tree(spec['selector'])['matchLabels']),
  ...each(trees(spec['jwtRules']), rule => jwtRule(rule, isOld)),
];

function jwtRule(rule: Tree, isOld: boolean): Findings {
  const [issuer, uri] = [textOf(rule, 'issuer'), textOf(rule, 'jwksUri') || textOf(rule, 'jwks_uri')];
  return [
    ...(isOld
      ? issuer === ''
        ? listed('issuer must be set')
        : NONE
      : issuer === '' && uri === ''
        ? listed('issuer or jwksUri must be non-empty string')
        : NONE),
    ...(isOld && uri !== '' ? scheme(uri) : NONE),
    ...each(texts(rule['audiences']), audience =>
      audience === '' ? listed('audience must be non-empty string') : NONE,
    ),
    ...each(trees(rule['fromHeaders']), header =>
      textOf(header, 'name') === '' ? listed('location header name must be non-empty string') : NONE,
    ),
    ...each(texts(rule['fromParams']), param =>
      param === '' ? listed('location query must be non-empty string') : NONE,
    ),
  ];
}

/** Of an address of keys. */
function scheme(uri: string): Findings {
  const [, name = ''] = /^([a-z][-+.a-z0-9]*):/i.exec(uri) ?? [];
  return /^https?$/.test(name) ? NONE : listed(`URI scheme ${JSON.stringify(name)} is not supported`);
}

const EXPOSED =
  'EnvoyFilter exposes internal implementation details that may change at any time. ' +
  'Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.';

/** Which condition goes with what is patched. */
const CLASSES: readonly (readonly [applyTo: RegExp, field: string, words: string])[] = [
  [/^(?:LISTENER|FILTER_CHAIN|NETWORK_FILTER|HTTP_FILTER)$/, 'listener', 'listener class'],
  [/^(?:ROUTE_CONFIGURATION|VIRTUAL_HOST|HTTP_ROUTE)$/, 'routeConfiguration', 'http route class'],
  [/^CLUSTER$/, 'cluster', 'cluster class'],
];
const SHOWN: Readonly<Record<string, string>> = { routeConfiguration: 'route configuration' };
const CONDITIONS = ['listener', 'routeConfiguration', 'cluster'];

/** Only the shape of patches: what they change is Envoy's. */
export const envoyFilter = (spec: Tree, { isOld }: Context): Findings => [
  ...(isOld ? NONE : warning(EXPOSED)),
  ...selectorLabels(tree(spec['workloadSelector'])['labels']),
  ...each(trees(spec['configPatches']), ({ applyTo, patch, match }) => {
    if (applyTo === undefined || applyTo === 'INVALID') return problem('Envoy filter: missing applyTo');
    const { operation, value } = tree(patch);
    if (patch === undefined) return problem('Envoy filter: missing patch');
    if (operation === undefined || operation === 'INVALID')
      return problem('Envoy filter: missing patch operation');
    if (operation !== 'REMOVE' && (value === undefined || value === null))
      return problem('Envoy filter: missing patch value for non-remove operation');
    const own = CLASSES.find(([of]) => of.test(String(applyTo)));
    const other = CONDITIONS.some(name => name !== own?.[1] && has(tree(match), name));
    const [, field = '', words = ''] = own ?? [];
    return problemIf(
      own !== undefined && other,
      `Envoy filter: applyTo for ${words} objects cannot have non ${SHOWN[field] ?? field} match`,
    );
  }),
];
