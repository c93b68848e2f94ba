/** Configurations of Docker: credentials that a node can use, or a refusal that cites none of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { HarnessError } from '../../../harness/base/errors.ts';
import { readCredentials } from '../../../harness/platform/kind/registry-config.ts';
import { changedDocument, rawText } from '../inputs/mutate.ts';
import { refusalOf, target } from '../target.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-harness-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const SECRET = 'c2VjcmV0OnNlY3JldA==';
const validFile = fc.constant({
  auths: {
    'https://index.docker.io/v1/': { auth: SECRET },
    'hub.example': { username: 'u', password: SECRET },
  },
  credsStore: 'desktop',
});

/** Configurations of Docker. */
export const registryConfig = target<string>({
  name: 'registry-config',
  what: 'the text of a configuration of Docker, to what takes credentials from it',
  inputs: fc.oneof({ weight: 4, arbitrary: changedDocument(validFile) }, { weight: 1, arbitrary: rawText }),
  judge: text => {
    const file = path.join(folder, 'config.json');
    writeFileSync(file, text);
    try {
      return `${readCredentials(file).usable.length} usable`;
    } catch (error) {
      if (error instanceof HarnessError && `${error.message} ${error.hint}`.includes(SECRET.slice(0, 8)))
        throw new Error(`a credential is cited: ${error.message}`);
      return refusalOf(error);
    }
  },
});
