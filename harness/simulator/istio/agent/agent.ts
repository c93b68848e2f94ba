/**
 * `pilot-agent`: the program in every proxy container. It gets a certificate and configuration from istiod,
 * and runs Envoy on them.
 */
import { messageOf } from '../../../base/errors.ts';
import type { Main, ProcessContext } from '../../program.ts';
import { openAdmin } from '../envoy/admin/admin.ts';
import { Envoy } from '../envoy/envoy.ts';
import { createLog } from '../log.ts';
import { keepCertificate } from './certificate-source.ts';
import { keepDiscovering } from './discovery-client.ts';
import { istioIptables } from './iptables.ts';
import { NameServer } from './name-server.ts';
import { requestCommand } from './request-command.ts';
import { type AgentSettings, readSettings } from './settings.ts';
import { openStatusServers } from './status-server.ts';
import { TrustedRoots } from './trusted-roots.ts';

/**
 * `pilot-agent proxy sidecar …`, `proxy router …`, `request GET path`, `istio-iptables …`, `version`.
 * Its environment must have `ISTIO_VERSION`, which the image sets.
 */
export const pilotAgent: Main = async context => {
  const [, command, ...rest] = context.argv;
  switch (command) {
    case 'proxy':
      return await runProxy(context, rest);
    case 'request':
      return await requestCommand(context);
    case 'istio-iptables':
      return await istioIptables(derive(context, { argv: context.argv.slice(1) }));
    case 'version':
      context.stdout(`${context.env['ISTIO_VERSION'] ?? 'unknown'}\n`);
      return 0;
    case 'wait':
    case 'bug-report':
      context.stderr(`pilot-agent: 501 ${command} is not simulated\n`);
      return 1;
    default:
      context.stderr(`Error: unknown command "${command ?? ''}" for "pilot-agent"\n`);
      return 1;
  }
};

async function runProxy(context: ProcessContext, args: readonly string[]): Promise<number> {
  const log = createLog(context.clock, text => context.stdout(text));
  let settings: AgentSettings;
  try {
    settings = readSettings(context, args);
  } catch (error) {
    context.stderr(`Error: ${messageOf(error)}\n`);
    return 1;
  }
  // Everything started here ends with the process, on a signal or on its own.
  const ending = new AbortController();
  const onAbort = () => ending.abort(context.signal.reason);
  context.signal.addEventListener('abort', onAbort, { once: true });
  if (context.signal.aborted) onAbort();
  const process = derive(context, { signal: ending.signal });

  log.info(`Version ${settings.version}-Clean`);
  log.info(`Proxy role: ${settings.node.id}`);
  log.info(`CA Endpoint ${settings.ca.host}:${settings.ca.port}, provider Citadel`);
  const { network, clock, random, files } = context;
  const read = (path: string) => (files.exists(path) ? files.read(path) : undefined);
  const { kind, workers, behaviour } = settings;
  const envoy = new Envoy({ network, clock, random, wording: behaviour.envoy, kind, workers, read });
  const services: { close(): void }[] = [envoy];
  try {
    services.push(openAdmin(envoy, settings.node, settings.statsPrefixes));
    services.push(openStatusServers(process, settings, envoy, log, () => ending.abort()));
    const names = nameServerFor(process, settings);
    const roots = new TrustedRoots(identity => envoy.setIdentity(identity, settings.identity));
    if (names) services.push(names);
    await Promise.all([
      keepCertificate(process, settings, log, identity => roots.setIdentity(identity)),
      keepDiscovering(process, settings, { envoy, names, roots }, log),
    ]);
    log.info('Agent draining Proxy');
    return 0;
  } catch (error) {
    log.error(messageOf(error));
    return 1;
  } finally {
    ending.abort();
    context.signal.removeEventListener('abort', onAbort);
    for (const service of services) service.close();
  }
}

/** A sidecar answers names if it is told to (`ISTIO_META_DNS_CAPTURE`). */
function nameServerFor(
  { network, random, env }: ProcessContext,
  { kind, node }: AgentSettings,
): NameServer | undefined {
  if (kind !== 'sidecar' || node.metadata['DNS_CAPTURE'] !== 'true') return undefined;
  const namespace = env['POD_NAMESPACE'] ?? 'default';
  const domain = node.id.split('~')[3]?.replace(/^[^.]*\./, '') ?? '';
  return new NameServer({ network, random: random.stream('names'), namespace, domain });
}

/** The same process with something changed; a context may be an instance of a class, so it is not spread. */
function derive(
  context: ProcessContext,
  changes: Partial<Pick<ProcessContext, 'argv' | 'signal'>>,
): ProcessContext {
  const { argv, env, uid, hostname, files, network, clock, random, stdin, signal } = context;
  return {
    argv,
    env,
    uid,
    hostname,
    files,
    network,
    clock,
    random,
    ...(stdin && { stdin }),
    stdout: text => context.stdout(text),
    stderr: text => context.stderr(text),
    signal,
    ...changes,
  };
}
