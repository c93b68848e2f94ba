/** What a real API server and a real istiod said of the cases. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { ROOT } from '../cli.ts';

/** One server's word. */
export interface Word {
  /** Why it refuses; absent: it takes the object. */
  readonly refusal?: string;
  readonly warnings?: readonly string[];
}

/** What becomes of an object: istiod is asked about what the API server takes. */
export interface Answer {
  readonly server: Word;
  readonly istiod?: Word;
}

export type Edition = '1.8' | 'current';

export interface Answers {
  /** Of the programs that were asked. */
  readonly versions: Readonly<Record<string, string>>;
  readonly date: string;
  /** Title → answers, by edition; a release without the kind has none. */
  readonly cases: Readonly<Record<string, Readonly<Partial<Record<Edition, Answer>>>>>;
}

const FILE = path.join(ROOT, 'test/peers/istio-validation-answers.json.br');

export function readValidationAnswers(): Answers {
  // A cast: the function below has written it.
  return JSON.parse(brotliDecompressSync(readFileSync(FILE)).toString('utf8')) as Answers;
}

export const writeValidationAnswers = (answers: Answers): void =>
  writeFileSync(FILE, brotliCompressSync(JSON.stringify(answers)));
