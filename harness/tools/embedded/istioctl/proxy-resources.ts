/** What the proxy-config tables read of Envoy's administration pages. */

export interface SocketAddress {
  readonly socket_address?: { readonly address: string; readonly port_value: number };
  readonly pipe?: { readonly path: string };
}

export interface DumpedCluster {
  readonly name: string;
  readonly type?: string;
}

export interface DumpedListener {
  readonly name: string;
  readonly address: SocketAddress;
  readonly filter_chains?: readonly DumpedChain[];
  readonly default_filter_chain?: DumpedChain;
}

export interface DumpedChain {
  readonly filter_chain_match?: {
    readonly destination_port?: number;
    readonly prefix_ranges?: readonly { readonly address_prefix?: string; readonly prefix_len?: number }[];
    readonly server_names?: readonly string[];
    readonly transport_protocol?: string;
    readonly application_protocols?: readonly string[];
  };
  readonly filters?: readonly {
    readonly name: string;
    readonly typed_config?: {
      readonly cluster?: string;
      readonly weighted_clusters?: object;
      readonly rds?: { readonly route_config_name: string };
      readonly route_config?: DumpedRoutes;
    };
  }[];
}

export interface DumpedRoutes {
  readonly name?: string;
  readonly virtual_hosts?: readonly {
    readonly name: string;
    readonly domains?: readonly string[];
    readonly routes?: readonly {
      readonly match?: DumpedMatch;
      readonly route?: { readonly cluster?: string };
    }[];
  }[];
}

/** The path of a route; its other conditions are not shown. */
export interface DumpedMatch {
  readonly prefix?: string;
  readonly path?: string;
  readonly path_separated_prefix?: string;
  readonly safe_regex?: { readonly regex?: string };
}

export interface DumpedSecret {
  readonly name: string;
  readonly secret?: {
    readonly tls_certificate?: { readonly certificate_chain?: { readonly inline_bytes?: string } };
    readonly validation_context?: { readonly trusted_ca?: { readonly inline_bytes?: string } };
  };
}

/** `/config_dump`: the entries of one list, wherever it lies. */
export function entriesOf<T>(page: unknown, list: string, inside: string): readonly T[] {
  const { configs = [] } = page as { configs?: readonly Readonly<Record<string, unknown>>[] }; // Envoy's page
  return configs.flatMap(config => {
    const entries = config[list];
    return Array.isArray(entries)
      ? (entries as Readonly<Record<string, T>>[]).flatMap(entry => entry[inside] ?? [])
      : [];
  });
}

/** `/clusters?format=json` */
export interface ClusterStatus {
  readonly name: string;
  readonly host_statuses?: readonly {
    readonly address?: SocketAddress;
    readonly health_status?: { readonly eds_health_status?: string; readonly failed_outlier_check?: boolean };
  }[];
}

/** `/certs` */
export interface CertificatesPage {
  readonly certificates?: readonly {
    readonly ca_cert?: readonly CertificateDetails[];
    readonly cert_chain?: readonly CertificateDetails[];
  }[];
}

export interface CertificateDetails {
  readonly serial_number: string;
  readonly valid_from: string;
  readonly expiration_time: string;
  readonly subject_alt_names?: readonly { readonly uri?: string }[];
}
