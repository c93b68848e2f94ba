/**
 * PCDS: the roots that proxies trust, istiod's own and those of the mesh's `caCertificates`.
 * pilot/pkg/trustbundle/trustbundle.go, pilot/pkg/xds/pcds.go @1.30.3
 */
import { X509Certificate } from 'node:crypto';
import { messageOf } from '../../../../base/errors.ts';
import { pemBlocks } from '../../../../base/pem.ts';
import type { Log } from '../../log.ts';
import { encodeMessage } from '../../xds/proto/encode-message.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import { type EncodedResource, versionOf } from './encoded-resources.ts';

/** Keeps the roots; those of a mesh that has a wrong one among them are not taken. */
export class TrustBundle {
  readonly #own: string;
  readonly #log: Log;
  #ofMesh: readonly string[] = [];

  /** @param own - istiod's root certificates, PEM */
  constructor(own: string, log: Log) {
    this.#own = own;
    this.#log = log;
  }

  /** Takes the roots of the mesh's configuration. */
  setMesh({ caCertificates }: Pick<MeshConfig, 'caCertificates'>): void {
    const pems = caCertificates.map(({ pem }) => pem).filter(pem => pem !== '');
    const fault = pems.map(faultOf).find(each => each !== undefined);
    if (fault === undefined) this.#ofMesh = pems;
    else this.#log.error(`failed to update meshConfig PEM trustAnchors: ${fault}`);
  }

  /** What a proxy gets that asks: one message, which has no name. */
  get resources(): readonly EncodedResource[] {
    const roots = [...new Set([this.#own, ...this.#ofMesh])].sort();
    const body = encodeMessage('istio.mesh.v1alpha1.ProxyConfig', { ca_certificates_pem: roots });
    return [{ name: '', version: versionOf(body), body }];
  }
}

/** @returns what is wrong with the first certificate of a text; undefined if nothing is */
function faultOf(pem: string): string | undefined {
  const [first] = pemBlocks(pem);
  if (first === undefined) return 'failed to decode pem certificate';
  try {
    return new X509Certificate(first).ca ? undefined : 'certificate is not a CA certificate';
  } catch (error) {
    return `failed to parse X.509 certificate: ${messageOf(error)}`;
  }
}
