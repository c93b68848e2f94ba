/**
 * The redirect of a pod's traffic through its sidecar, as istio-init writes it: the table `nat` for
 * iptables-restore. The rules are those that `pilot-agent istio-iptables --dry-run -p 15001 -z 15006 -u
 * 1337 -m
 * REDIRECT -i * -b * -d 15090,15021,15020` prints (istio.io/istio of 27 August 2026, about 1.31).
 */
import { PROXY_UID } from '../../../harness/simulator/istio/envoy/environment/environment.ts';

const EXEMPT_INBOUND_PORTS = [15008, 15090, 15021, 15020];

/**
 * What Envoy sends to its own pod, but not from 127.0.0.6, is inbound again; the rest of its traffic goes
 * out.
 */
const outboundOf = (owner: 'uid' | 'gid') => [
  `-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp ! --dport 15008 -m owner --${owner}-owner ${PROXY_UID} -j ISTIO_IN_REDIRECT`,
  `-A ISTIO_OUTPUT -o lo -m owner ! --${owner}-owner ${PROXY_UID} -j RETURN`,
  `-A ISTIO_OUTPUT -m owner --${owner}-owner ${PROXY_UID} -j RETURN`,
];

/** @returns the input of iptables-restore */
export const captureRules = (): string =>
  [
    '*nat',
    ...['ISTIO_INBOUND', 'ISTIO_REDIRECT', 'ISTIO_IN_REDIRECT', 'ISTIO_OUTPUT'].map(chain => `-N ${chain}`),
    '-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001',
    '-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006',
    '-A PREROUTING -p tcp -j ISTIO_INBOUND',
    ...EXEMPT_INBOUND_PORTS.map(port => `-A ISTIO_INBOUND -p tcp --dport ${port} -j RETURN`),
    '-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
    '-A OUTPUT -j ISTIO_OUTPUT',
    '-A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN',
    ...outboundOf('uid'),
    ...outboundOf('gid'),
    '-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN',
    '-A ISTIO_OUTPUT -j ISTIO_REDIRECT',
    'COMMIT',
    '',
  ].join('\n');
