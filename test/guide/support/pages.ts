/** The pages that tests of guides go through: ours, and the guide's own where somebody has it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GuideFile } from '../../../harness/guide/lint/fix.ts';

const folder = fileURLToPath(new URL('../../../fixtures/guides/', import.meta.url));

export const fileOf = (file: string): GuideFile => ({ file, text: readFileSync(file, 'utf8') });

/** Our page with the commands, the tabs and the mistakes of the guide of 1.8. */
export const OWN_18 = path.join(folder, 'multicluster-1.8.md');
/** Our page in the form of today's guide. */
export const OWN_CURRENT = path.join(folder, 'primary-remote-current.md');
/** The guide's own page, which is not a part of this repository. */
export const GUIDE_18 = process.env['MESH_HARNESS_GUIDE_PAGE'] || undefined;
