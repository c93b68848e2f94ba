/**
 * The agent's name server: it answers the pod's questions for names that istiod told of, and asks the
 * cluster's name server for the others (pkg/dns/client/dns.go @1.30.3; since 1.8).
 */
import type { Random } from '../../../base/random.ts';
import { answerQuery, DNS_PORT, decodeQuery } from '../../network/dns.ts';
import type { Listener, ProcessNetwork } from '../../network/interfaces.ts';
import { decodeMessage, type Received } from '../xds/proto/decode-message.ts';

/** Where istio-iptables takes the pod's questions. */
export const DNS_CAPTURE_PORT = 15053;
/** Of the question to the cluster's name server. */
const UPSTREAM_TIMEOUT_MS = 5000;
const NAME_TABLE = 'istio.networking.nds.v1.NameTable';
const SERVER_FAILURE = 2;

/** Whose names they are, and through what it asks. */
interface NameServerOptions {
  readonly network: Pick<ProcessNetwork, 'listenDatagram' | 'exchangeDatagram' | 'nameserver'>;
  readonly random: Random;
  readonly namespace: string;
  /** `svc.cluster.local` */
  readonly domain: string;
}

/** Listens until it is closed. */
export class NameServer {
  readonly #options: NameServerOptions;
  readonly #listener: Listener;
  /** Name in lower case without a final dot → addresses; undefined until istiod has told any. */
  #names: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(options: NameServerOptions) {
    this.#options = options;
    this.#listener = options.network.listenDatagram(DNS_CAPTURE_PORT, query => this.#answer(query));
  }

  /**
   * Takes the names that istiod tells.
   * @param body - an encoded `NameTable`
   * @throws Refusal if it is none
   */
  setTable(body: Uint8Array): void {
    const names = new Map<string, readonly string[]>();
    const table = decodeMessage(NAME_TABLE, body).fields.get('table');
    for (const [host, info] of table instanceof Map ? (table as ReadonlyMap<string, Received>) : []) {
      if (!(info instanceof Uint8Array)) continue;
      const { fields } = decodeMessage(`${NAME_TABLE}.NameInfo`, info);
      const ips = fields.get('ips');
      const addresses = Array.isArray(ips) ? ips.map(String) : [];
      if (addresses.length === 0) continue;
      const text = (name: string): string => String(fields.get(name) ?? '');
      const all =
        text('registry') === 'Kubernetes'
          ? [host, ...this.#alternatives(host, text('shortname'), text('namespace'))]
          : [host];
      for (const name of all) names.set(name.toLowerCase(), addresses);
    }
    this.#names = names;
  }

  close(): void {
    this.#listener.close();
  }

  /** generateAltHosts: only names of the proxy's own domain have shorter forms. */
  #alternatives(host: string, name: string, namespace: string): readonly string[] {
    const { domain, namespace: own } = this.#options;
    if (!host.endsWith(domain)) return [];
    const [first] = domain.split('.');
    return [`${name}.${namespace}`, `${name}.${namespace}.${first}`, ...(namespace === own ? [name] : [])];
  }

  #answer(query: Buffer): Buffer | undefined | Promise<Buffer | undefined> {
    const name = decodeQuery(query)?.name;
    if (name === undefined) return undefined;
    if (!this.#names) return failure(query);
    const known = this.#find(name);
    if (known) return answerQuery(query, () => this.#shuffled(known));
    const { network } = this.#options;
    return network.nameserver === undefined
      ? failure(query)
      : network
          .exchangeDatagram(network.nameserver, DNS_PORT, query, UPSTREAM_TIMEOUT_MS)
          .catch(() => failure(query));
  }

  /** The name itself, or the wildcard that covers it most closely. */
  #find(name: string): readonly string[] | undefined {
    const exact = this.#names?.get(name);
    if (exact) return exact;
    const labels = name.split('.');
    for (let at = 1; at < labels.length; at++) {
      const found = this.#names?.get(`*.${labels.slice(at).join('.')}`);
      if (found) return found;
    }
    return undefined;
  }

  #shuffled(addresses: readonly string[]): readonly string[] {
    if (addresses.length < 2) return addresses;
    const at = this.#options.random.integer(addresses.length);
    return [...addresses.slice(at), ...addresses.slice(0, at)];
  }
}

/** SERVFAIL: it has no table yet, or nobody answers it. */
function failure(query: Buffer): Buffer | undefined {
  const answer = answerQuery(query, () => []);
  answer?.writeUInt16BE((answer.readUInt16BE(2) & 0xfff0) | SERVER_FAILURE, 2);
  return answer;
}
