/** A Sidecar: which hosts the proxies of a namespace, or some of them, get to know. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { list, tree } from '../../../../base/untyped.ts';
import { keyOf, labels, text, texts, type Unsupported } from './config-fields.ts';

/** One entry of a Sidecar's `egress`. */
interface EgressListener {
  /** Only this port of each service; undefined: all. */
  readonly port: number | undefined;
  /** `namespace/host`: the namespace may be `*`, `.` for the own one or `~` for none. */
  readonly hosts: readonly string[];
}

/** A Sidecar (networking.istio.io), as far as it is executed. */
export interface SidecarConfig {
  readonly key: string;
  readonly namespace: string;
  /** Milliseconds since the epoch; of two, the older one counts. */
  readonly createdMs: number;
  /** Without one it holds for its namespace, in the root namespace for the mesh. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** Empty: whatever is exported to the namespace. */
  readonly egress: readonly EgressListener[];
  readonly outboundMode: 'ALLOW_ANY' | 'REGISTRY_ONLY' | undefined;
}

/** Reads a Sidecar; notes the fields that have no effect. */
export function readSidecar(object: KubernetesObject, unsupported: Unsupported): SidecarConfig {
  const spec = tree(object['spec']);
  unsupported.check('', spec, ['workloadSelector', 'egress', 'outboundTrafficPolicy']);
  const policy = tree(spec['outboundTrafficPolicy']);
  unsupported.check('outboundTrafficPolicy', policy, ['mode']);
  const mode = text(policy['mode']) ?? 'REGISTRY_ONLY'; // the zero of its enum
  return {
    key: keyOf(object),
    namespace: object.metadata.namespace ?? '',
    createdMs: Date.parse(String(object.metadata.creationTimestamp ?? '')) || 0,
    selector: 'workloadSelector' in spec ? labels(tree(spec['workloadSelector'])['labels']) : undefined,
    egress: list(spec['egress']).map((item, index) => readEgress(unsupported, `egress[${index}]`, item)),
    outboundMode:
      spec['outboundTrafficPolicy'] === undefined
        ? undefined
        : mode === 'ALLOW_ANY'
          ? 'ALLOW_ANY'
          : 'REGISTRY_ONLY',
  };
}

function readEgress(unsupported: Unsupported, path: string, value: unknown): EgressListener {
  const listener = tree(value);
  unsupported.check(path, listener, ['port', 'hosts']);
  const port = tree(listener['port']);
  return {
    port: port['number'] === undefined ? undefined : Number(port['number']),
    hosts: texts(listener['hosts']),
  };
}
