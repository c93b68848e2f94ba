/**
 * Runs kubectl's commands on a real API server, and writes what it says to `kubectl/said-….json`.
 *
 *   node --import=./test/support/loader.mjs test/peers/ask-kubectl.ts KUBECTL KUBECONFIG
 */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../harness/base/clock.ts';
import { runCommands } from './kubectl/run-commands.ts';
import { writeSaid } from './kubectl/said.ts';

const [, , kubectl = '', kubeconfig = ''] = process.argv;
const said = await runCommands(kubectl, readFileSync(kubeconfig, 'utf8'));
const date = new Date(systemClock.now()).toISOString().slice(0, 10);
writeSaid({ version: 'v1.34.3', date, said });
