/**
 * Istio's own messages, which no npm package has: rows as in `envoy-descriptors.d.ts`, with the field numbers
 * of security/proto/istioca.proto, pkg/dns/proto/nds.proto (istio/istio@1.30.3) and
 * envoy/config/filter/http/alpn/v2alpha1/config.proto (istio/proxy@1.30.3).
 */

/** Full name of a message → its rows. */
export const ISTIO_MESSAGES = {
  'istio.v1.auth.IstioCertificateRequest': [
    '1 one string csr',
    '3 one int64 validity_duration',
    '4 one google.protobuf.Struct metadata',
  ],
  'istio.v1.auth.IstioCertificateResponse': ['1 many string cert_chain'],
  'istio.networking.nds.v1.NameTable': ['1 map:string istio.networking.nds.v1.NameTable.NameInfo table'],
  'istio.networking.nds.v1.NameTable.NameInfo': [
    '1 many string ips',
    '2 one string registry',
    '3 one string shortname',
    '4 one string namespace',
    '5 many string alt_hosts',
  ],
  // Of mesh/v1alpha1/proxy.proto (istio/api@1.30.3) what istiod sets.
  'istio.mesh.v1alpha1.ProxyConfig': ['34 many string ca_certificates_pem'],
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig': [
    '1 many istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig.AlpnOverride alpn_override',
  ],
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig.AlpnOverride': [
    '1 one int32 upstream_protocol',
    '2 many string alpn_override',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
