/** Asks the administration of an Envoy that stands in a network namespace. */
import http from 'node:http';
import type { Bridge } from './bridge.ts';

/** @returns the body of GET; @throws Error if Envoy does not answer */
export async function askEnvoy(pod: Bridge, path: string): Promise<string> {
  const socket = await pod.dial({ address: '127.0.0.1', port: 15000 });
  return await new Promise((resolve, reject) => {
    const request = http.get({ createConnection: () => socket, path }, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () => resolve(body)).once('error', reject);
    });
    request.once('error', reject);
  });
}

/** @returns the value of a counter or gauge; 0 if Envoy has none of that name */
export async function statOf(pod: Bridge, name: string): Promise<number> {
  const lines = (await askEnvoy(pod, '/stats')).split('\n');
  const line = lines.find(each => each.startsWith(`${name}: `));
  return Number(line?.slice(name.length + 2) ?? 0);
}

/**
 * Whether Envoy has clusters and listeners and serves (pilot/cmd/pilot-agent/status/ready/probe.go
 * @1.30.3).
 */
export async function isReady(pod: Bridge): Promise<boolean> {
  const counts = [
    'cluster_manager.cds.update_success',
    'listener_manager.lds.update_success',
    'listener_manager.workers_started',
  ];
  try {
    const values = await Promise.all(counts.map(name => statOf(pod, name)));
    return values.every(value => value > 0);
  } catch {
    return false; // it has not come up yet
  }
}
