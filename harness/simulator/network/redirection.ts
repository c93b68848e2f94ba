/**
 * Which packets the redirect rules of a host take, in the order of the chains that istio-iptables makes
 * (tools/istio-iptables/pkg/capture/run.go @1.30.3; the same in 1.8).
 */
import { contains } from '../../base/ipv4.ts';
import { DNS_PORT } from './dns.ts';
import type { RedirectRules, SocketAddress } from './interfaces.ts';

/** A packet that leaves a process of the host. */
interface Leaving {
  readonly to: SocketAddress;
  readonly protocol: 'TCP' | 'UDP';
  readonly uid: number;
  /** Of the host's resolver. */
  readonly nameserver: string | undefined;
}

/** @returns the local port that takes the packet, or undefined if it goes on as it is */
export function outboundRedirect(
  rules: RedirectRules,
  { to, protocol, uid, nameserver }: Leaving,
): number | undefined {
  if (uid === rules.exemptUid || rules.exemptOutboundPorts?.includes(to.port)) return undefined;
  if (protocol === 'UDP')
    return to.port === DNS_PORT && to.address === nameserver ? rules.dnsPort : undefined;
  if (rules.exemptOutboundRanges?.some(range => contains(range, to.address))) return undefined;
  const isTaken =
    rules.outboundPorts?.includes(to.port) ||
    !rules.outboundRanges ||
    rules.outboundRanges.some(range => contains(range, to.address));
  return isTaken ? rules.outboundPort : undefined;
}

/** Whether the proxy takes what comes in at a port. */
export const isRedirectedIn = (rules: RedirectRules, port: number): boolean =>
  rules.inboundPorts ? rules.inboundPorts.includes(port) : !rules.exemptInboundPorts.includes(port);
