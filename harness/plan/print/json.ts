/**
 * A plan as data: `steps[]` with id, title, cluster, guide, dependsOn, files, commands and omission;
 * `errata[]`.
 */
import type { Plan } from '../step.ts';

export const printJson = (plan: Plan): string => `${JSON.stringify(plan, null, 2)}\n`;
