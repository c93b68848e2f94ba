/**
 * What a real istioctl says on a real mesh of the guide (multi-primary, two networks, Istio 1.30 and 1.31),
 * by
 * command: seen in November 2026, read from istioctl's sources where no real mesh was at hand.
 */

/** One command. */
export interface CommandRow {
  /** After `istioctl --context cluster1`; CURL, HELLOWORLD, GATEWAY and ISTIOD stand for pods' names. */
  readonly argv: string;
  readonly exitCode: number;
  /** What the output has, each in some line of it. */
  readonly says: readonly RegExp[];
  /** What it has not. */
  readonly never?: readonly RegExp[];
  /**
   * What is known to be otherwise here: the row of docs/parity.md. It must be so, else the row is obsolete.
   */
  readonly known?: string;
}

const row = (argv: string, says: readonly RegExp[], more: Partial<CommandRow> = {}): CommandRow => ({
  argv,
  exitCode: 0,
  says,
  ...more,
});

const SYNCED = 'SYNCED \\(\\d+[smh]\\w*\\)';
const IN_STEP = [/^Clusters Match$/, /^Listeners Match$/, /^Routes Match$/];
const NO_PROXY = /You must provide a proxyID in the query string/;
const page = (name: string, says: readonly RegExp[], more?: Partial<CommandRow>) =>
  row(`x internal-debug ${name}`, says, more);

/** By the parts of istioctl. */
export const COMMANDS: readonly CommandRow[] = [
  row('version', [/^control plane version: 1\.30\.3$/, /^data plane version: 1\.30\.3 \(4 proxies\)$/], {
    never: [/error/],
  }),
  row('version --remote=false', [/^client version: /]),
  row('version -o json', [/"Component": "pilot"/, /"version": "1\.30\.3"/]),

  row('proxy-status', [
    /^NAME +CLUSTER +ISTIOD +VERSION +SUBSCRIBED TYPES$/,
    /^CURL\.sample +cluster1 +ISTIOD +1\.30\.3 +4 \(CDS,LDS,EDS,RDS\)$/,
    /^HELLOWORLD\.sample +cluster1 +ISTIOD +1\.30\.3 +4 \(CDS,LDS,EDS,RDS\)$/,
    /^GATEWAY\.istio-system +cluster1 +ISTIOD +1\.30\.3 +3 \(CDS,LDS,EDS\)$/,
  ]),
  row(
    'proxy-status -v 1',
    [
      new RegExp(`^CURL\\.sample +cluster1 +${SYNCED} +IGNORED +${SYNCED} +${SYNCED} +${SYNCED} +ISTIOD`),
      new RegExp(
        `^GATEWAY\\.istio-system +cluster1 +${SYNCED} +IGNORED +${SYNCED} +${SYNCED} +IGNORED +ISTIOD`,
      ),
    ],
    { never: [/STALE|NOT SENT|ERROR/] },
  ),
  row('proxy-status -o json', [
    /"@type": *"type.googleapis.com\/envoy.service.status.v3.ClientConfig"/,
    /"configStatus": *"SYNCED"/,
  ]),
  row('proxy-status CURL.sample', IN_STEP, { never: [/Don't/] }),
  row('proxy-status HELLOWORLD.sample', IN_STEP, { never: [/Don't/] }),
  row('proxy-status GATEWAY.istio-system', IN_STEP, { never: [/Don't/] }),
  row('proxy-status nobody.sample', [/pods "nobody" not found/], { exitCode: 1 }),

  page('--list', [/"endpointShardz"/, /"telemetryz"/, /"cachez\?sizes=true"/]),
  page('syncz', [/"proxy": "CURL\.sample"/, /"cluster_acked"/, /"sentTime"/]),
  page('clusterz', [
    /"id": "cluster2"/,
    /"secretName": "istio-system\/istio-remote-secret-cluster2"/,
    /"syncStatus": "synced"/,
  ]),
  page('networkz', [/"Network": "network2"/, /"HBONEPort": 0/]),
  page('endpointz', [
    /"Kubernetes\/cluster2": \[/,
    /"WorkloadName": "helloworld-v2"/,
    /"ServicePortName": "http"/,
  ]),
  page('registryz', [
    /"clusterVIPs": \{/,
    /"protocol": "HTTP"/,
    /"hostname": "helloworld\.sample\.svc\.cluster\.local"/,
  ]),
  page('registryz', [/"Type": "ClusterIP"/, /"creationTime": "/, /"ResourceVersion": "/], {
    known: 'the registry page has no type, time and version of a Service',
  }),
  page('configz', [/"kind": "Gateway"/, /"name": "cross-network-gateway"/]),
  page('configz', [/"apiVersion": "networking\.istio\.io\/v1"/], {
    known: 'configuration is shown in the version in which the simulated istiod reads it',
  }),
  page('connections', [/"totalClients": \d/, /"connectionId": "CURL\.sample-\d+"/]),
  page('adsz', [/"watches": \{/, /"ISTIO_VERSION": "1\.30\.3"/]),
  page('inject', [/"sidecar":/, /"gateway":/]),
  page('instancesz', [/"TargetPort": 5000/]),
  page('resourcesz', [/"kind": "VirtualService"/, /"kind": "Ingress"/]),
  page('authorizationz', [/"root_namespace": "istio-system"/]),
  page('telemetryz', [/"namespace_to_telemetries": \{\}/]),
  page('mcsz', [/^null$/]),
  page('mesh', [/"trustDomain": "cluster\.local"/, /"rootNamespace": "istio-system"/]),
  page('mesh', [/"proxyListenPort": 15001/], { known: 'the mesh page has only what has an effect here' }),
  page('pushcontext', [/"UnresolvedGateways": null/]),
  page('ambientz', [/"workloads": null/]),
  page('krtz', [/"informer\/Services"/], { known: 'krtz and sidecarz are not simulated' }),
  page('edsz?proxyID=CURL.sample', [/"clusterName": "outbound\|5000\|\|helloworld/]),
  page('ecdsz?proxyID=CURL.sample', [/^\{\}$/]),
  page('config_dump?proxyID=CURL.sample', [/"dynamicActiveClusters": \[/, /"versionInfo": "20\d\d-/]),
  page('ndsz?proxyID=CURL.sample', [/^\{\}$/]),
  page('edsz', [NO_PROXY], { exitCode: 1 }),
  page('edsz?proxyID=nobody', [/^Proxy not connected to this Pilot instance\./]),
  page('nonsense', [/please check all supported internal debug commands/]),

  row('proxy-config clusters CURL.sample', [
    /^InboundPassthroughCluster +- +- +- +ORIGINAL_DST/,
    /^helloworld\.sample\.svc\.cluster\.local +5000 +- +outbound +EDS/,
    /^xds-grpc +- +- +- +STATIC/,
    /^ +80 +- +inbound +ORIGINAL_DST/,
  ]),
  row('proxy-config listeners CURL.sample', [
    /^0\.0\.0\.0 +5000 +Trans: raw_buffer; App: http\/1\.1,h2c +Route: 5000/,
    /^0\.0\.0\.0 +5000 +ALL +PassthroughCluster/,
    /^0\.0\.0\.0 +15001 +Addr: \*:15001 +Non-HTTP\/Non-TCP/,
  ]),
  row('proxy-config listeners HELLOWORLD.sample --port 15006', [
    /^0\.0\.0\.0 +15006 Trans: tls; App: istio,istio-peer-exchange,istio-http\/1\.0,istio-http\/1\.1,istio-h2; Addr: \*:5000 +Cluster: inbound\|5000\|\|/,
    /^0\.0\.0\.0 +15006 Addr: \*:15006 +Non-HTTP\/Non-TCP/,
  ]),
  row('proxy-config listeners GATEWAY.istio-system', [
    /^0\.0\.0\.0 +15443 SNI: outbound_\.5000_\._\.helloworld\.sample\.svc\.cluster\.local; App: istio,istio-peer-exchange,istio-http\/1\.0,istio-http\/1\.1,istio-h2/,
  ]),
  row(
    'proxy-config routes CURL.sample',
    [
      /^5000 +helloworld\.sample\.svc\.cluster\.local:5000 /,
      /^inbound\|80\|\| +inbound\|http\|80 +\* +\/\*/,
      /^InboundPassthroughCluster +inbound\|http\|0 +\* +\/\*/,
      / backend +\* +\/healthz\/ready\*/,
    ],
    { never: [/allow_any/] },
  ),
  row('proxy-config routes CURL.sample --name 5000', [
    / helloworld\.sample\.svc\.cluster\.local\., helloworld \+ 2 more\.\.\. /,
  ]),
  row('proxy-config endpoints CURL.sample', [
    /^10\.10\.0\.\d+:5000 +HEALTHY +OK +outbound\|5000\|\|helloworld\.sample\.svc\.cluster\.local/,
    /^172\.30\.15\.\d+:15443 +HEALTHY +OK +outbound\|5000\|\|helloworld\.sample\.svc\.cluster\.local/,
  ]),
  row('proxy-config secret CURL.sample', [
    /^default +Cert Chain +ACTIVE +true +[0-9a-f]+ +20\S+Z +20\S+Z$/,
    /^ROOTCA +CA +ACTIVE +true/,
  ]),
  row('proxy-config all CURL.sample', [
    /^Istio Version: +1\.30\.3$/,
    /^Envoy Version: +1\.38\.4/,
    /^route\/5000 /,
  ]),
  row('proxy-config bootstrap CURL.sample', [/"id": "sidecar~10\./]),
  row('proxy-config ecds CURL.sample', [/^ECDS NAME +TYPE$/]),
  row('proxy-config log CURL.sample', [/^active loggers:$/, /^ +misc: error$/]),
  row('proxy-config log CURL.sample --level http:debug', [/^ +http: debug$/]),

  row('x precheck', [/No issues found when checking the cluster/]),
  row('x describe pod CURL.sample', [/^Service: curl\.sample$/, /Workload mTLS mode: PERMISSIVE/]),
  row('x describe svc helloworld.sample', [/Port: http 5000\/HTTP targets pod port 5000/]),
  row('x check-inject CURL.sample', [/Namespace label istio-injection=enabled matches/]),
  row('x injector list', [/^sample +default +default: 2$/]),
  row('x authz check CURL.sample', [/^ACTION +AuthorizationPolicy +RULES$/]),
  row('x envoy-stats CURL.sample', [/^cluster\.xds-grpc;\.upstream_cx_total: \d+$/, /^server\.state: 0$/]),
  row('x envoy-stats CURL.sample --type clusters', [/^xds-grpc::added_via_api::false$/]),
  row('tag list', [/^default default/]),
  row('remote-clusters', [/^cluster2 +istio-system\/istio-remote-secret-cluster2 +synced +ISTIOD/]),
  row('create-remote-secret --name cluster1 --server https://172.30.0.2:6443', [
    /^ +server: https:\/\/172\.30\.0\.2:6443$/,
    /^ +name: istio-remote-secret-cluster1$/,
  ]),
  row('uninstall --purge --dry-run -y', [/Deployment\/istiod\.istio-system because of dry run/]),
  row('admin log ISTIOD', [/^ACTIVE SCOPE/], { known: 'there is no ControlZ on 9876' }),
];
