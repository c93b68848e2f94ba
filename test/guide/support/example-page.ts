/** Makes a page of a rule's example: paragraphs, and blocks of commands where they begin with a prompt. */
import type { Page } from '../../../harness/guide/page/page.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';

/** Returns the text of the page. */
export const exampleText = (example: string): string =>
  `${example
    .split('\n\n')
    .map(part => (part.startsWith('$ ') ? `{{< text bash >}}\n${part}\n{{< /text >}}` : part))
    .join('\n\n')}\n`;

/** Returns the page. */
export const examplePage = (example: string): Page => readPage('example.md', exampleText(example));
