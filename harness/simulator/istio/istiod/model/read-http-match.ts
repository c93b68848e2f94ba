/** Reads the conditions of a VirtualService's HTTP routes (networking.istio.io, HTTPMatchRequest). */
import { list, tree } from '../../../../base/untyped.ts';
import type { TextMatch } from '../../xds/routes.ts';
import { labels, text, type Unsupported } from './config-fields.ts';
import type { HttpMatch, HttpUriMatch } from './http-route.ts';
import { gatewayKeys, type Reading } from './reading.ts';

/** Fields of a request that Envoy keeps as headers. */
const PSEUDO_HEADERS = { method: ':method', authority: ':authority', scheme: ':scheme' } as const;
const EXECUTED = [
  'name',
  'uri',
  'ignoreUriCase',
  ...Object.keys(PSEUDO_HEADERS),
  'headers',
  'withoutHeaders',
  'queryParams',
  'port',
  'gateways',
  'sourceLabels',
  'sourceNamespace',
  // A name for statistics.
  'statPrefix',
];
/** Claims of tokens, which look like headers (pilot/pkg/networking/core/route/route.go @1.30.3). */
const CLAIMS = '@request.auth.claims';

/**
 * Reads the conditions of one route.
 * @returns undefined if there are conditions of which none can be executed: the route matches nothing
 */
export function readHttpMatches(
  reading: Reading,
  path: string,
  value: unknown,
): readonly HttpMatch[] | undefined {
  const all = list(value);
  const read = all.flatMap((item, at) => readHttpMatch(reading, `${path}.match[${at}]`, item) ?? []);
  return all.length > 0 && read.length === 0 ? undefined : read;
}

/** @returns undefined for a condition of which a part is not executed: it matches nothing */
function readHttpMatch(reading: Reading, path: string, value: unknown): HttpMatch | undefined {
  const { unsupported } = reading;
  const match = tree(value);
  const before = unsupported.fields.length;
  unsupported.check(path, match, EXECUTED);
  const uri = uriOf(unsupported, `${path}.uri`, match['uri']);
  const pseudo = Object.entries(PSEUDO_HEADERS).flatMap(([field, name]) =>
    field in match
      ? [{ name, text: readStringMatch(unsupported, `${path}.${field}`, match[field]), isInverted: false }]
      : [],
  );
  const tested = (field: 'headers' | 'withoutHeaders') =>
    Object.entries(tree(match[field])).map(([name, condition]) => {
      if (name.startsWith(CLAIMS)) unsupported.note(`${path}.${field}.${name}`);
      return {
        name,
        text: readStringMatch(unsupported, `${path}.${field}.${name}`, condition),
        isInverted: field === 'withoutHeaders',
      };
    });
  const headers = [...tested('headers'), ...tested('withoutHeaders')].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const query = Object.entries(tree(match['queryParams'])).map(([name, condition]) => ({
    name,
    text: readStringMatch(unsupported, `${path}.queryParams.${name}`, condition),
  }));
  const port = match['port'];
  return unsupported.fields.length > before
    ? undefined
    : {
        uri,
        ignoresUriCase: match['ignoreUriCase'] === true,
        headers: [...headers, ...pseudo],
        query,
        port: port === undefined ? undefined : Number(port),
        gateways: gatewayKeys(reading, match['gateways']),
        sourceLabels: labels(match['sourceLabels']),
        sourceNamespace: text(match['sourceNamespace']),
      };
}

function uriOf(unsupported: Unsupported, path: string, value: unknown): HttpUriMatch | undefined {
  const match = readStringMatch(unsupported, path, value);
  if (!match) return undefined;
  if ('exact' in match || 'prefix' in match || 'regex' in match) return match;
  return undefined;
}

/** Reads a StringMatch. @returns undefined for none, and for the regular expression `*`: whatever is there */
export function readStringMatch(
  unsupported: Unsupported,
  path: string,
  value: unknown,
): TextMatch | undefined {
  const match = tree(value);
  unsupported.check(path, match, ['exact', 'prefix', 'regex']);
  const [exact, prefix, regex] = [text(match['exact']), text(match['prefix']), text(match['regex'])];
  if (exact !== undefined) return { exact };
  if (prefix !== undefined) return { prefix };
  return regex === undefined || regex === '*' ? undefined : { regex };
}
