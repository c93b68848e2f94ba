/**
 * A real API server with Istio's definitions, and behind it a real istiod's webhook, are asked about objects
 * most of which have something wrong. Their words are held against those that are kept; `--write` keeps them
 * anew. A webhook of 1.8 is asked where MESH_HARNESS_WEBHOOK_1_8 has its URL; else what is kept of it stays.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CleanupStack } from '../../harness/base/dispose.ts';
import { customResourceDefinitions } from '../../harness/simulator/istio/install/custom-resources.ts';
import { schemaNamed } from '../../harness/simulator/istio/install/named-schemas.ts';
import { behaviourOf } from '../../harness/simulator/istio/releases.ts';
import { temporaryFolder } from '../support/cli.ts';
import {
  type Answer,
  type Answers,
  type Edition,
  readValidationAnswers,
  type Word,
  writeValidationAnswers,
} from '../support/istio-validation/answers.ts';
import { CASES, titleOf } from '../support/istio-validation/cases.ts';
import { Connection } from './api-server/connection.ts';
import { givenPrograms } from './control-plane-programs.ts';
import { startRealApiServer } from './real-api-server.ts';
import { runIstiod } from './real-istiod.ts';
import { findReal } from './real-programs.ts';

interface Definition {
  readonly metadata: { readonly name?: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: { readonly externalDocs: { readonly url: string } } };
    }[];
  };
}

/** The definitions of a release, with the schemas that ours name. */
const definitionsOf = (edition: Edition): readonly Definition[] =>
  // A cast: ours are so.
  (
    customResourceDefinitions(behaviourOf(edition === '1.8' ? '1.8.0' : '1.30.3')) as unknown as Definition[]
  ).map(definition => ({
    ...definition,
    spec: {
      ...definition.spec,
      versions: definition.spec.versions.map(version => ({
        ...version,
        schema: { openAPIV3Schema: schemaNamed(version.schema.openAPIV3Schema.externalDocs.url) as never },
      })),
    },
  }));

/** `299 - "text"` → text, as Kubernetes' clients print it. */
const warningsOf = (header: string | readonly string[] | undefined): readonly string[] =>
  [header ?? []]
    .flat()
    .flatMap(line =>
      [...line.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1')),
    );

async function post(connection: Connection, place: string, object: object) {
  const { code, headers, body } = await connection.send({
    method: 'POST',
    path: place,
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(JSON.stringify(object)),
    identity: 'admin',
  });
  // A cast: API servers answer with objects.
  const answered = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  return { code, answered, warnings: warningsOf(headers['warning']) };
}

const word = (refusal: string | undefined, warnings: readonly string[] = []): Word => ({
  ...(refusal !== undefined && { refusal }),
  ...(warnings.length > 0 && { warnings }),
});

/** Asks a webhook about an object. */
async function review(url: string, object: Record<string, unknown>): Promise<Word> {
  const [group = '', version = ''] = String(object['apiVersion']).split('/');
  const asked = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '1',
      operation: 'CREATE',
      kind: { group, version, kind: object['kind'] },
      namespace: 'default',
      name: 'x',
      object,
    },
  };
  const secure = url.startsWith('https:');
  const options = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
  const text = await new Promise<string>((resolve, reject) => {
    const read = (response: http.IncomingMessage) => {
      let all = '';
      response.setEncoding('utf8').on('data', part => (all += part));
      response.on('end', () => resolve(all));
    };
    const sent = secure
      ? httpsRequest(url, { ...options, agent: new Agent({ rejectUnauthorized: false }) }, read)
      : http.request(url, options, read);
    sent.on('error', reject).end(JSON.stringify(asked));
  });
  // A cast: webhooks answer so.
  const { response } = JSON.parse(text) as {
    response: { allowed: boolean; warnings?: string[]; status?: { message?: string } };
  };
  return word(response.allowed ? undefined : (response.status?.message ?? ''), response.warnings);
}

/** Creates the definitions of a release, and the namespace of its istiod. */
async function install(connection: Connection, definitions: readonly Definition[]): Promise<void> {
  for (const definition of definitions) {
    const { code, answered } = await post(
      connection,
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      definition,
    );
    if (code !== 201) throw new Error(`${definition.metadata.name}: ${String(answered['message'])}`);
  }
  await sleep(3000); // until all are established
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } };
  await post(connection, '/api/v1/namespaces', namespace);
}

/** Asks about all cases of a release. @param webhook - its URL, if there is one */
async function ask(
  connection: Connection,
  edition: Edition,
  webhook: string | undefined,
  kept: (title: string) => Answer | undefined,
): Promise<ReadonlyMap<string, Answer>> {
  const definitions = definitionsOf(edition);
  const answers = new Map<string, Answer>();
  for (const each of CASES) {
    const [kind, spec] = each;
    const definition = definitions.find(({ spec: { names } }) => names.kind === kind);
    if (!definition) continue;
    const { group, names, versions } = definition.spec;
    const apiVersion = `${group}/${versions[0]?.name ?? ''}`;
    const place = `/apis/${apiVersion}/namespaces/default/${names.plural}?dryRun=All&fieldValidation=Warn`;
    const object = { apiVersion, kind, metadata: { name: 'x', namespace: 'default' }, spec };
    const { code, answered, warnings } = await post(connection, place, object);
    const server = word(code === 201 ? undefined : String(answered['message']), warnings);
    if (code !== 201) {
      answers.set(titleOf(each), { server });
      continue;
    }
    const istiod = webhook === undefined ? kept(titleOf(each))?.istiod : await review(webhook, answered);
    answers.set(titleOf(each), { server, ...(istiod && { istiod }) });
  }
  return answers;
}

/** The programs of a run. */
interface Real {
  readonly programs: Parameters<typeof startRealApiServer>[0];
  readonly istiod: string;
}

async function askEdition(edition: Edition, { programs, istiod }: Real, before: Answers | undefined) {
  using folder = temporaryFolder();
  await using cleanUp = new CleanupStack();
  const own = path.join(folder.path, 'server');
  mkdirSync(own);
  const server = await startRealApiServer(programs, own);
  cleanUp.add('stop', async () => await server[Symbol.asyncDispose]());
  const connection = new Connection(server.kubeconfig);
  cleanUp.add('close', async () => connection.close());
  await install(connection, definitionsOf(edition));
  let webhook = process.env['MESH_HARNESS_WEBHOOK_1_8'];
  if (edition === 'current') {
    const running = await runIstiod(istiod, {
      kubeconfig: server.kubeconfig.replace('"insecure-skip-tls-verify":true', authority(own)),
      cluster: 'cluster1',
      folder: folder.path,
      env: { VALIDATION_WEBHOOK_CONFIG_NAME: 'istio-validator' },
    });
    cleanUp.add('stop istiod', running.stop);
    webhook = `https://127.0.0.1:${running.webhookPort}/validate`;
  }
  return await ask(connection, edition, webhook, title => before?.cases[title]?.[edition]);
}

/** Whose certificate the server has: istiod refuses a kubeconfig that does not care. */
const authority = (folder: string): string =>
  `"certificate-authority-data":"${readFileSync(path.join(folder, 'certificates', 'apiserver.crt')).toString('base64')}"`;

function keptBefore(): Answers | undefined {
  try {
    return readValidationAnswers();
  } catch {
    return undefined;
  }
}

const programs = givenPrograms();
const istiod = findReal('pilot-discovery');
if ('reason' in programs || 'reason' in istiod) {
  const missing = [programs, istiod].flatMap(found => ('reason' in found ? [found.reason] : []));
  console.log(`skipped: ${missing.join('; ')}`);
  process.exit(0);
}
const before = keptBefore();
const real = { programs, istiod: istiod.path };
const found = {
  current: await askEdition('current', real, before),
  '1.8': await askEdition('1.8', real, before),
};
const cases = Object.fromEntries(
  CASES.map(each => {
    const title = titleOf(each);
    const [current, old] = [found.current.get(title), found['1.8'].get(title)];
    return [title, { ...(current && { current }), ...(old && { '1.8': old }) }];
  }),
);
if (process.argv.includes('--write')) {
  const versions = { istiod: istiod.version, 'kube-apiserver': '1.34.3' };
  writeValidationAnswers({ versions, date: new Date().toISOString().slice(0, 10), cases });
  console.log(`what was said of ${CASES.length} cases is kept`);
  process.exit(0);
}
let others = 0;
for (const [title, answer] of Object.entries(cases)) {
  const kept = before?.cases[title];
  if (JSON.stringify(kept) === JSON.stringify(answer)) continue;
  others++;
  console.log(`${title}\n  now ${JSON.stringify(answer)}\n  kept ${JSON.stringify(kept)}`);
}
console.log(`${CASES.length} cases, ${others} others than on ${before?.date ?? 'no day'}`);
process.exit(others === 0 ? 0 : 1);
