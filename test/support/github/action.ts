/** A composite action as its file has it. */
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';

const STEP = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.string()).optional(),
  shell: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  'working-directory': z.string().optional(),
});

const ACTION = z.strictObject({
  name: z.string(),
  description: z.string(),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
  inputs: z.record(z.string(), z.strictObject({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({
    using: z.literal('composite'),
    steps: z
      .array(STEP)
      .refine(steps =>
        steps.every(({ run, uses, shell }) => (run ? shell === 'bash' && !uses : uses && !shell)),
      ),
  }),
});

export type Action = z.infer<typeof ACTION>;
export type ActionStep = z.infer<typeof STEP>;

/** @throws if the file is no composite action of the kind that the runner of the tests knows */
export const readAction = (file: string): Action => ACTION.parse(load(readFileSync(file, 'utf8')));
