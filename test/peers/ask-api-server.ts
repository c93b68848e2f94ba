/**
 * Asks an API server the corpus, and writes what it answered: as facts that are kept, or as JSON.
 *
 *   node --import=./test/support/loader.mjs test/peers/ask-api-server.ts KUBECONFIG [OUT.json [GROUP ...]]
 *
 * Without a file it writes `test/peers/api-server/answers-….json`, which the tests hold ours against: for a
 * real API server only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../harness/base/clock.ts';
import { writeAnswers } from './api-server/answers.ts';
import { askAll } from './api-server/ask-all.ts';
import { Connection } from './api-server/connection.ts';
import { readCorpus } from './api-server/corpus.ts';

const [, , kubeconfig = '', out, ...only] = process.argv;
const connection = new Connection(readFileSync(kubeconfig, 'utf8'));
const groups = readCorpus(only.length > 0 ? only : undefined);
const asked = {
  connection,
  sleep: (seconds: number) => sleep(seconds * 1000),
  onUnprepared: (question: string, answer: string) => console.error(`${question}: ${answer.slice(0, 200)}`),
};
const answers = await askAll(asked, groups, {
  atATime: 4,
  onFailure: (group, error) => console.error(`${group}: ${error instanceof Error ? error.message : error}`),
});
connection.close();
if (out !== undefined) writeFileSync(out, `${JSON.stringify(answers, null, 1)}\n`);
else {
  const version = 'v1.34.3';
  const date = new Date(systemClock.now()).toISOString().slice(0, 10);
  writeAnswers({ version, date, groups: answers });
}
