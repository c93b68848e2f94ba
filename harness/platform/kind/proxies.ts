/** A user's proxies, as the engine that kind works on has them; and what a doctor says of them. */
import { type ProxySettings, proxyHosts, proxySettings } from '../../process/proxies.ts';
import { runProcess } from '../../process/run.ts';
import type { Question } from '../ask-all.ts';
import type { Finding } from '../platform.ts';

const ASK_MS = 4000;
/** As kind 0.33 asks (pkg/cluster/internal/providers/docker/proxyconfig.go @v0.33.0). */
const HOST_OF_CONTEXT = '{{ (index .Endpoints "docker").Host }}';

/**
 * Finds the proxies that nodes will be given.
 * @param command - path of docker: it knows by which address it reaches the engine, which may have proxies of
 *   its own in the configuration
 */
export async function findProxies(command: string, signal: AbortSignal): Promise<ProxySettings | undefined> {
  const args = ['context', 'inspect', '--format', HOST_OF_CONTEXT];
  const { exitCode, stdout } = await runProcess(command, args, { timeoutMs: ASK_MS, signal });
  const dockerHost = stdout.trim();
  return proxySettings(exitCode === 0 && dockerHost !== '' ? { dockerHost } : {});
}

/** Asks whether there is a proxy; without one there is nothing to tell. */
export const proxyQuestion = (command: string): Question => ({
  subject: 'proxy',
  fix: 'Make sure that `docker context inspect` works for this user.',
  ask: async signal => {
    const found = await findProxies(command, signal);
    return found ? [proxyFinding(found)] : [];
  },
});

/** Tells of a user's proxies and of what follows for nodes, without users and passwords. */
export function proxyFinding(settings: ProxySettings): Finding {
  const hosts = proxyHosts(settings);
  const named = `${hosts.join(', ')} (${settings.from.join(', ')})`;
  const own = hosts.filter(isOwnLoopback);
  if (own.length > 0) {
    return {
      subject: 'proxy',
      ok: false,
      found: `${named}: kind gives it to the nodes, where ${own.join(' and ')} is the node itself`,
      fix: 'Name it by an address that containers reach, or take it away and use --image-archive.',
    };
  }
  return {
    subject: 'proxy',
    ok: true,
    found: `${named}: nodes pull images through it; what a run makes itself goes past it, by NO_PROXY`,
  };
}

/** @param host - `127.0.0.1:3128`, `localhost:3128`, `[::1]:3128` */
function isOwnLoopback(host: string): boolean {
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
