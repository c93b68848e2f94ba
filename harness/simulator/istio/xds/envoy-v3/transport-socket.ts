/** core.v3.TransportSocket: plaintext, or mTLS with the workload's certificate. */

import type { ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { anyOf, emptyAny } from '../proto/well-known.ts';
import type { DownstreamTls, TlsFiles, UpstreamTls } from '../resources.ts';
import { fileSecretOf, readSecret, secretOf } from './config-source.ts';
import { extensionOf, noImplementation } from './extensions.ts';
import { NODE } from './harmless.ts';
import { nameOfCertificate, nameOfRoots, readFiles } from './tls-files.ts';
import { TYPES } from './type-names.ts';

/** tls.v3.SubjectAltNameMatcher.SanType */
const URI = 3;
/** Names of secrets at the agent (pkg/security/security.go @1.30.3). */
const OWN = 'default';
const ROOTS = 'ROOTCA';

/** TlsParameters.TlsProtocol: 1.2 to 1.3. Without it, Envoy as a client goes no further than 1.2. */
const CLIENT_PROTOCOLS: ProtoMessage = { tls_minimum_protocol_version: 3, tls_maximum_protocol_version: 4 };

/** The transport without encryption. */
export const RAW_BUFFER: ProtoMessage = {
  name: 'envoy.transport_sockets.raw_buffer',
  typed_config: emptyAny(TYPES.rawBuffer),
};

/** The client's end (pilot/pkg/networking/core/cluster_tls.go @1.30.3). */
export const upstreamSocketOf = ({ sni, alpn, matchSubjectAltNames, files }: UpstreamTls): ProtoMessage => {
  const certificate = files ? nameOfCertificate(files) : OWN;
  const roots = files ? nameOfRoots(files) : ROOTS;
  const secret = files ? fileSecretOf : secretOf;
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: anyOf(TYPES.upstreamTls, {
      common_tls_context: {
        tls_params: CLIENT_PROTOCOLS,
        alpn_protocols: alpn,
        ...(certificate !== undefined && { tls_certificate_sds_secret_configs: [secret(certificate)] }),
        ...(roots === undefined
          ? { validation_context: {} }
          : {
              combined_validation_context: {
                default_validation_context: {
                  // As istiod says it: a name of any type.
                  match_subject_alt_names: matchSubjectAltNames.map(exact => ({ exact })),
                },
                validation_context_sds_secret_config: secret(roots),
              },
            }),
      },
      sni,
    }),
  };
};

/** The server's end (pilot/pkg/security/authn/utils/utils.go @1.30.3). */
export const downstreamSocketOf = ({ alpn, clientPrefixes = [] }: DownstreamTls): ProtoMessage => ({
  name: 'envoy.transport_sockets.tls',
  typed_config: anyOf(TYPES.downstreamTls, {
    common_tls_context: {
      alpn_protocols: alpn,
      tls_certificate_sds_secret_configs: [secretOf(OWN)],
      combined_validation_context: {
        default_validation_context: {
          match_subject_alt_names: clientPrefixes.map(prefix => ({ prefix })),
        },
        validation_context_sds_secret_config: secretOf(ROOTS),
      },
    },
    require_client_certificate: { value: true },
  }),
});

/** Reads the client's end. @returns undefined for plaintext @throws Refusal */
export const readUpstreamSocket = (socket: Fields): UpstreamTls | undefined =>
  readTls(socket, TYPES.upstreamTls, context => {
    const { alpn, names, files } =
      context.message('common_tls_context', it => readCommon(it, 'exact')) ?? NOTHING;
    return { sni: context.string('sni'), alpn, matchSubjectAltNames: names, ...(files && { files }) };
  });

/** Reads the server's end. @returns undefined for plaintext @throws Refusal */
export const readDownstreamSocket = (socket: Fields): DownstreamTls | undefined =>
  readTls(socket, TYPES.downstreamTls, context => {
    const { type } = context;
    const isDemanded = context.message('require_client_certificate', it => it.boolean('value'));
    if (isDemanded !== true) throw new Refusal(`${type}: TLS without a client certificate is not simulated`);
    const { alpn, names, files } =
      context.message('common_tls_context', it => readCommon(it, 'prefix')) ?? NOTHING;
    if (files) throw new Refusal(`${type}: only certificates of the mesh are simulated here`);
    return { alpn, ...(names.length > 0 && { clientPrefixes: names }) };
  });

/** @param wanted - the context that this end has, with TLS */
function readTls<T>(socket: Fields, wanted: string, read: (context: Fields) => T): T | undefined {
  const extension = extensionOf(socket);
  if (!extension) return undefined;
  const { type, value } = extension.packed;
  if (type === TYPES.rawBuffer) {
    Fields.read(type, value, socket.reading, () => {});
    return undefined;
  }
  return type === wanted ? Fields.read(type, value, socket.reading, read) : noImplementation(extension);
}

/** What both ends have in common. */
interface CommonTls {
  readonly alpn: readonly string[];
  /** Of the other end. */
  readonly names: readonly string[];
  /** None: the mesh's. */
  readonly files?: TlsFiles;
}
const NOTHING: CommonTls = { alpn: [], names: [] };

/** @param how - names of the other end are told: a server's whole, a client's by what they begin with */
function readCommon(common: Fields, how: 'exact' | 'prefix'): CommonTls {
  const secrets = common.messages('tls_certificate_sds_secret_configs', readSecret);
  if (secrets.length > 1) throw new Refusal(`${common.type}: only one certificate is simulated`);
  let roots: string | undefined;
  const names = common.message('combined_validation_context', combined => {
    roots = combined.message('validation_context_sds_secret_config', readSecret);
    return combined.message('default_validation_context', context => readNames(context, how));
  });
  common.message('validation_context', () => {});
  common.message('tls_params', readVersions);
  const [certificate] = secrets;
  const isOwn = certificate === OWN && roots === ROOTS;
  return {
    alpn: common.strings('alpn_protocols'),
    names: names ?? [],
    ...(!isOwn && { files: readFiles(common.type, certificate, roots) }),
  };
}

/** Whatever they are, both ends take 1.3. */
function readVersions(params: Fields): void {
  for (const name of ['tls_minimum_protocol_version', 'tls_maximum_protocol_version']) {
    const version = params.number(name);
    if (version !== 0 && version !== CLIENT_PROTOCOLS[name]) params.note(name, NODE);
  }
}

function readNames(context: Fields, how: 'exact' | 'prefix'): string[] {
  const read = (matcher: Fields): string => {
    if (!matcher.has(how)) throw new Refusal(`${matcher.type}: only ${how} is simulated here`);
    return matcher.string(how);
  };
  const typed = context.messages('match_typed_subject_alt_names', name => {
    if (name.number('san_type') !== URI)
      throw new Refusal(`${name.type}: only names of type URI are simulated`);
    return name.message('matcher', read) ?? '';
  });
  // As istiod names them.
  return [...typed, ...context.messages('match_subject_alt_names', read)];
}
