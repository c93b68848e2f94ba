/**
 * Asks a real API server for its OpenAPI documents of built-in kinds, and keeps what they say without their
 * texts: `test/peers/open-api/facts-….json`, which a test holds ours against.
 *
 *   node --import=./test/support/loader.mjs test/peers/ask-open-api.ts KUBECONFIG
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { systemClock } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { summarize } from './open-api/summary.ts';

const [, , kubeconfig = ''] = process.argv;
const client = new KubernetesClient(readFileSync(kubeconfig, 'utf8'));
const { gitVersion } = (await client.request('GET', '/version')) as { gitVersion: string };
// The index is JSON, and called text.
const index: unknown = await client.request('GET', '/openapi/v3');
const { paths } = (typeof index === 'string' ? JSON.parse(index) : index) as {
  paths: Record<string, { serverRelativeURL: string }>;
};
const version3: Record<string, unknown> = {};
for (const [path, { serverRelativeURL }] of Object.entries(paths)) {
  const document = (await client.request('GET', serverRelativeURL)) as { info: { title: string } };
  if (document.info.title === 'Kubernetes') version3[path] = document;
}
const summary = summarize({ version2: await client.request('GET', '/openapi/v2'), version3 });
client.close();
const date = new Date(systemClock.now()).toISOString().slice(0, 10);
const file = new URL(`open-api/facts-${gitVersion.slice(1)}.json`, import.meta.url);
writeFileSync(file, `${JSON.stringify({ version: gitVersion, date, ...summary }, undefined, 1)}\n`);
console.log(`${Object.keys(version3).length} documents of ${gitVersion}`);
