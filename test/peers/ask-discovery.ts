/** Asks an istiod by delta, or an old one for the state of the world, for all that one proxy gets, and reads it with Envoy's own .proto files only. */
import net from 'node:net';
import { GrpcClient } from '../../harness/base/grpc/client.ts';
import { TYPE_URLS } from '../../harness/simulator/istio/xds/ads/type-urls.ts';
import type { XdsNode } from '../../harness/simulator/istio/xds/node.ts';
import {
  DELTA_CODEC,
  DISCOVERY_METHODS,
  STATE_OF_THE_WORLD_CODEC,
} from '../../harness/simulator/istio/xds/wire/codecs.ts';
import { looseJson } from '../support/loose-json.ts';
import type { Sent, ShortName, Told } from '../support/recording.ts';

/** How long an answer may take. */
const DEADLINE_MS = 10_000;

/** How istiod is asked. */
type Dialect = keyof typeof DISCOVERY_METHODS;

/** One stream to an istiod on loopback. */
class Questions implements Disposable {
  readonly #client: GrpcClient;
  readonly #send: (message: Buffer) => void;
  readonly #waiting = new Map<string, (resources: readonly Sent[]) => void>();
  readonly #dialect: Dialect;
  #node: XdsNode | undefined;

  constructor(port: number, node: XdsNode, dialect: Dialect) {
    this.#node = node;
    this.#dialect = dialect;
    this.#client = new GrpcClient(net.connect(port, '127.0.0.1'), {
      authority: 'istiod',
      maxMessageBytes: 2 ** 26,
    });
    const call = this.#client.stream(DISCOVERY_METHODS[dialect]);
    const codec = dialect === 'delta' ? DELTA_CODEC : STATE_OF_THE_WORLD_CODEC;
    call.onMessage = bytes => {
      const { typeUrl, resources } = codec.decodeResponse(bytes);
      this.#waiting.get(typeUrl)?.(resources.map(({ name, body }) => ({ name, body })));
    };
    this.#send = message => call.send(message);
  }

  /** @param names - of a type without a wildcard; without it all are asked for */
  async ask(type: ShortName, names: readonly string[] = []): Promise<readonly Sent[]> {
    const typeUrl = TYPE_URLS[type];
    const node = this.#node;
    this.#node = undefined;
    const answer = new Promise<readonly Sent[]>((resolve, reject) => {
      this.#waiting.set(typeUrl, resolve);
      setTimeout(() => reject(new Error(`${type}: no answer`)), DEADLINE_MS).unref();
    });
    const common = { ...(node && { node }), typeUrl, responseNonce: '' };
    this.#send(
      this.#dialect === 'delta'
        ? DELTA_CODEC.encodeRequest({
            ...common,
            resourceNamesSubscribe: names,
            resourceNamesUnsubscribe: [],
            initialResourceVersions: {},
          })
        : STATE_OF_THE_WORLD_CODEC.encodeRequest({ ...common, versionInfo: '', resourceNames: names }),
    );
    return await answer;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** All texts under a name, anywhere in a JSON value. */
function textsUnder(value: unknown, name: string): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === name && typeof item === 'string' ? [item] : textsUnder(item, name),
  );
}

/** The names of filters that come by extension discovery, anywhere in a listener. */
function discoveredFilters(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  const inside = Object.values(value).flatMap(discoveredFilters);
  return 'config_discovery' in value && 'name' in value ? [String(value.name), ...inside] : inside;
}

const isEds = ({ body }: Sent): boolean => {
  const { type } = looseJson(TYPE_URLS.cds, body) as { type?: string };
  return type === 'EDS';
};

/**
 * @param port - of discovery in clear, on loopback
 * @param dialect - one that does not know delta is not asked for names and filters either
 */
export async function askDiscovery(port: number, node: XdsNode, dialect: Dialect = 'delta'): Promise<Told> {
  using questions = new Questions(port, node, dialect);
  const isDelta = dialect === 'delta';
  const cds = await questions.ask('cds');
  const eds = cds.filter(isEds).map(({ name }) => name);
  const lds = await questions.ask('lds');
  const listeners = lds.map(({ body }) => looseJson(TYPE_URLS.lds, body));
  const rds = [...new Set(listeners.flatMap(listener => textsUnder(listener, 'route_config_name')))];
  const discovered = isDelta ? [...new Set(listeners.flatMap(discoveredFilters))] : [];
  return {
    cds,
    eds: eds.length === 0 ? [] : await questions.ask('eds', eds),
    lds,
    rds: rds.length === 0 ? [] : await questions.ask('rds', rds),
    nds: isDelta ? await questions.ask('nds') : [],
    ecds: discovered.length === 0 ? [] : await questions.ask('ecds', discovered),
  };
}
