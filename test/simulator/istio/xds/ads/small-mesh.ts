/** A mesh as a table of versions, and messages as one line each: what the tests of the protocol read. */
import type {
  DeltaDiscoveryRequest,
  DeltaDiscoveryResponse,
  DiscoveryRequest,
  DiscoveryResponse,
  Resource,
} from '../../../../../harness/simulator/istio/xds/ads/messages.ts';
import type {
  AdsAnswer,
  AdsServerOptions,
} from '../../../../../harness/simulator/istio/xds/ads/server-stream.ts';
import { TYPE_URLS } from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';

export type Short = keyof typeof TYPE_URLS;
/** Type → name → version. */
export type Mesh = Partial<Record<Short, Readonly<Record<string, string>>>>;

const SHORTS = new Map<string, Short>(
  (Object.keys(TYPE_URLS) as Short[]).map(short => [TYPE_URLS[short], short]),
);
export const shortOf = (typeUrl: string): Short => {
  const short = SHORTS.get(typeUrl);
  if (!short) throw new Error(`no short name: ${typeUrl}`);
  return short;
};

export const resource = (name: string, version: string): Resource<string> => ({
  name,
  version,
  body: `${name}@${version}`,
});

/** What a stream is made of: `mesh` may change; versions v0, v1, … are set by hand, nonces are n1, n2, … */
export class SmallMesh {
  mesh: Mesh = {};
  version = 0;
  nowMs = 0;
  readonly answers: string[] = [];
  #nonces = 0;

  readonly resources = (typeUrl: string, names: ReadonlySet<string> | 'all'): readonly Resource<string>[] =>
    Object.entries(this.mesh[shortOf(typeUrl)] ?? {})
      .filter(([name]) => names === 'all' || names.has(name))
      .map(([name, version]) => resource(name, version));

  options(): AdsServerOptions<string> {
    return {
      resources: this.resources,
      clock: { now: () => this.nowMs },
      version: () => `v${this.version}`,
      nonce: () => `n${++this.#nonces}`,
      onAnswer: ({ typeUrl, version, nonce, error }: AdsAnswer) =>
        this.answers.push(
          `${error ? 'NACK' : 'ACK'} ${shortOf(typeUrl)} ${version} ${nonce}${error ? ` ${error.message}` : ''}`,
        ),
    };
  }
}

const bodies = (resources: readonly Resource<string>[]) => resources.map(({ body }) => body);

/** `cds v1 n1 a@1 b@1`; delta adds `-c` for what is gone. */
export const shown = (response: DiscoveryResponse<string> | DeltaDiscoveryResponse<string>): string =>
  [
    shortOf(response.typeUrl),
    'versionInfo' in response ? response.versionInfo : response.systemVersionInfo,
    response.nonce,
    ...bodies(response.resources),
    ...('removedResources' in response ? response.removedResources.map(name => `-${name}`) : []),
  ].join(' ');

const tail = ({ errorDetail, node }: DiscoveryRequest | DeltaDiscoveryRequest): readonly string[] => [
  ...(errorDetail ? [`error=${errorDetail.code}:${errorDetail.message}`] : []),
  ...(node ? [`node=${node.id}`] : []),
];

/** `eds version=v1 nonce=n2 a b`; what is empty is left out. */
export const shownRequest = (request: DiscoveryRequest): string =>
  [
    shortOf(request.typeUrl),
    ...(request.versionInfo ? [`version=${request.versionInfo}`] : []),
    ...(request.responseNonce ? [`nonce=${request.responseNonce}`] : []),
    ...request.resourceNames,
    ...tail(request),
  ].join(' ');

/** `eds nonce=n2 +a -b a=1`: subscribed, unsubscribed, initial version. */
export const shownDelta = (request: DeltaDiscoveryRequest): string =>
  [
    shortOf(request.typeUrl),
    ...(request.responseNonce ? [`nonce=${request.responseNonce}`] : []),
    ...request.resourceNamesSubscribe.map(name => `+${name}`),
    ...request.resourceNamesUnsubscribe.map(name => `-${name}`),
    ...Object.entries(request.initialResourceVersions).map(([name, version]) => `${name}=${version}`),
    ...tail(request),
  ].join(' ');

interface Words {
  readonly typeUrl: string;
  readonly named: ReadonlyMap<string, string>;
  readonly plain: readonly string[];
}

function wordsOf(line: string): Words {
  const [short = '', ...words] = line.split(' ');
  const pairs = words.filter(word => word.includes('=')).map(word => word.split('=') as [string, string]);
  return {
    typeUrl: TYPE_URLS[short as Short],
    named: new Map(pairs),
    plain: words.filter(word => !word.includes('=')),
  };
}

const errorOf = (text: string | undefined) =>
  text === undefined ? {} : { errorDetail: { code: Number(text.split(':')[0]), message: text.slice(3) } };

/** The reverse of `shownRequest`. */
export function requestOf(line: string): DiscoveryRequest {
  const { typeUrl, named, plain } = wordsOf(line);
  return {
    typeUrl,
    versionInfo: named.get('version') ?? '',
    responseNonce: named.get('nonce') ?? '',
    resourceNames: plain,
    ...errorOf(named.get('error')),
  };
}

/** The reverse of `shownDelta`. */
export function deltaRequestOf(line: string): DeltaDiscoveryRequest {
  const { typeUrl, named, plain } = wordsOf(line);
  const initial = [...named].filter(([name]) => name !== 'nonce' && name !== 'error');
  const startingWith = (sign: string) =>
    plain.filter(word => word.startsWith(sign)).map(word => word.slice(1));
  return {
    typeUrl,
    responseNonce: named.get('nonce') ?? '',
    resourceNamesSubscribe: startingWith('+'),
    resourceNamesUnsubscribe: startingWith('-'),
    initialResourceVersions: Object.fromEntries(initial),
    ...errorOf(named.get('error')),
  };
}

const resourcesIn = (plain: readonly string[], hasVersions: boolean) =>
  plain
    .filter(word => word.includes('@'))
    .map(word => word.split('@') as [string, string])
    .map(([name, version]) => ({ ...resource(name, version), ...(!hasVersions && { version: '' }) }));

/** The reverse of `shown`; in the state of the world, resources have no version of their own. */
export function responseOf(line: string): DiscoveryResponse<string> {
  const { typeUrl, plain } = wordsOf(line);
  const [versionInfo = '', nonce = ''] = plain;
  return { typeUrl, versionInfo, nonce, resources: resourcesIn(plain, false) };
}

/** The reverse of `shown`. */
export function deltaResponseOf(line: string): DeltaDiscoveryResponse<string> {
  const { typeUrl, plain } = wordsOf(line);
  const [systemVersionInfo = '', nonce = ''] = plain;
  const removedResources = plain.filter(word => word.startsWith('-')).map(word => word.slice(1));
  return { typeUrl, systemVersionInfo, nonce, resources: resourcesIn(plain, true), removedResources };
}
