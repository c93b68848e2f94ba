/** `istio-iptables`: the program of the init container that sends a pod's traffic through its sidecar. */
import { type Cidr, parseCidrOrAddress } from '../../../base/ipv4.ts';
import type { RedirectRules } from '../../network/interfaces.ts';
import type { Main, ProcessContext } from '../../program.ts';
import { DNS_CAPTURE_PORT } from './name-server.ts';

/**
 * Flags of the real program: letter → long name (istio/istio tools/istio-iptables/pkg/cmd/root.go @1.8.0).
 */
const FLAGS: Readonly<Record<string, string>> = {
  p: 'envoy-port',
  z: 'inbound-capture-port',
  u: 'proxy-uid',
  g: 'proxy-gid',
  m: 'istio-inbound-interception-mode',
  i: 'istio-service-cidr',
  x: 'istio-service-exclude-cidr',
  b: 'istio-inbound-ports',
  d: 'istio-local-exclude-ports',
  o: 'istio-local-outbound-ports-exclude',
  q: 'istio-outbound-ports',
  k: 'kube-virt-interfaces',
  n: 'dry-run',
};
const SWITCHES = new Set(['dry-run', 'skip-rule-apply', 'run-validation', 'redirect-dns', 'force-apply']);

/**
 * Sets the redirect rules of the pod's network namespace.
 * Unlike Istio, only the mode REDIRECT is simulated. `-b ''` lets all inbound traffic through.
 */
export const istioIptables: Main = async context => {
  const flags = readFlags(context);
  if (typeof flags === 'string') {
    context.stderr(`Error: ${flags}\n`);
    return 1;
  }
  const unsupported = unsupportedIn(flags);
  if (unsupported !== undefined) {
    context.stderr(`istio-iptables: 501 ${unsupported} is not simulated\n`);
    return 1;
  }
  const redirect = redirectOf(flags, context.env);
  if (!redirect) {
    context.stderr('Error: a port or user id is no number, or a range no range\n');
    return 1;
  }
  context.network.setRedirect(redirect);
  context.stdout(describeEnvironment(flags));
  return 0;
};

/** Reads ports, ranges and the exempt user id; undefined if one of them is none. */
function redirectOf(
  flags: ReadonlyMap<string, string>,
  env: ProcessContext['env'],
): RedirectRules | undefined {
  const number = (name: string, fallback: number) => Number(flags.get(name) ?? fallback);
  const ports = (name: string): readonly number[] => partsOf(flags.get(name)).map(Number);
  const ranges = (name: string) => partsOf(flags.get(name)).map(parseCidrOrAddress);
  const isLimited = (name: string): boolean => (flags.get(name) ?? '*') !== '*';
  const rules = {
    outboundPort: number('envoy-port', 15001),
    inboundPort: number('inbound-capture-port', 15006),
    exemptUid: number('proxy-uid', 1337),
    exemptInboundPorts: ports('istio-local-exclude-ports'),
    inboundPorts: isLimited('istio-inbound-ports') ? ports('istio-inbound-ports') : [],
    exemptOutboundPorts: ports('istio-local-outbound-ports-exclude'),
    outboundPorts: ports('istio-outbound-ports'),
  };
  const outboundRanges = isLimited('istio-service-cidr') ? ranges('istio-service-cidr') : [];
  const exemptOutboundRanges = ranges('istio-service-exclude-cidr');
  const isRead = (range: Cidr | undefined): range is Cidr => range !== undefined;
  if (!Object.values(rules).flat().every(Number.isInteger)) return undefined;
  if (!outboundRanges.every(isRead) || !exemptOutboundRanges.every(isRead)) return undefined;
  const { inboundPorts, exemptOutboundPorts, outboundPorts, ...always } = rules;
  // tools/istio-iptables/pkg/cmd/root.go: the variable stands for the flag.
  const redirectsDns = (flags.get('redirect-dns') ?? env['ISTIO_META_DNS_CAPTURE']) === 'true';
  return {
    ...always,
    ...(isLimited('istio-inbound-ports') && { inboundPorts }),
    ...(exemptOutboundPorts.length > 0 && { exemptOutboundPorts }),
    ...(outboundPorts.length > 0 && { outboundPorts }),
    ...(isLimited('istio-service-cidr') && { outboundRanges }),
    ...(exemptOutboundRanges.length > 0 && { exemptOutboundRanges }),
    ...(redirectsDns && { dnsPort: DNS_CAPTURE_PORT }),
  };
}

const partsOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');

/** Prints what the real program prints of its flags before it sets the rules. */
function describeEnvironment(flags: ReadonlyMap<string, string>): string {
  return [
    'Environment:',
    '------------',
    `ENVOY_PORT=${flags.get('envoy-port') ?? ''}`,
    `INBOUND_CAPTURE_PORT=${flags.get('inbound-capture-port') ?? ''}`,
    `ISTIO_INBOUND_INTERCEPTION_MODE=${flags.get('istio-inbound-interception-mode') ?? ''}`,
    `ISTIO_INBOUND_PORTS=${flags.get('istio-inbound-ports') ?? ''}`,
    `ISTIO_OUTBOUND_PORTS=${flags.get('istio-outbound-ports') ?? ''}`,
    `ISTIO_LOCAL_EXCLUDE_PORTS=${flags.get('istio-local-exclude-ports') ?? ''}`,
    `ISTIO_LOCAL_OUTBOUND_PORTS_EXCLUDE=${flags.get('istio-local-outbound-ports-exclude') ?? ''}`,
    `ISTIO_SERVICE_CIDR=${flags.get('istio-service-cidr') ?? ''}`,
    `ISTIO_SERVICE_EXCLUDE_CIDR=${flags.get('istio-service-exclude-cidr') ?? ''}`,
    '',
  ].join('\n');
}

/** @returns the flags by their long names, or what is wrong with them */
function readFlags({ argv }: ProcessContext): ReadonlyMap<string, string> | string {
  const flags = new Map<string, string>();
  for (let index = 1; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (!word.startsWith('-') || word === '-') return `unknown command "${word}" for "istio-iptables"`;
    const [name = '', inline] = word.startsWith('--') ? word.slice(2).split(/=(.*)/s) : [word.slice(1)];
    const long = word.startsWith('--') ? name : FLAGS[name];
    if (long === undefined) return `unknown shorthand flag: '${name}' in ${word}`;
    if (SWITCHES.has(long)) flags.set(long, inline ?? 'true');
    else if (inline !== undefined) flags.set(long, inline);
    else if (index + 1 < argv.length) flags.set(long, argv[++index] ?? '');
    else return `flag needs an argument: ${word}`;
  }
  return flags;
}

function unsupportedIn(flags: ReadonlyMap<string, string>): string | undefined {
  const mode = flags.get('istio-inbound-interception-mode');
  if (mode !== undefined && mode !== 'REDIRECT') return `interception mode ${mode}`;
  return undefined;
}
