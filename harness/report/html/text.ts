/** HTML out of values: everything that is not marked as HTML is escaped. */

import { printable } from '../../base/printable.ts';

/** Markup that is safe to insert as it is. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Insertable = string | number | Markup | undefined | readonly Insertable[];

function insert(value: Insertable): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return value.map(insert).join('');
  return printable(value)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/**
 * Fills a template: `html\`<p>${text}</p>\``. It makes texts printable and escapes them,
 * joins lists, inserts markup and leaves out undefined.
 */
export function html(strings: TemplateStringsArray, ...values: Insertable[]): Markup {
  return new Markup(strings.map((part, index) => part + insert(values[index])).join(''));
}

/**
 * Wraps what may be wider than the page: it scrolls by itself, by the keyboard too.
 * @param pixels - its width, if it may leave the page's column where the window is wide enough
 */
export function scrollable(name: string, wide: Markup, pixels?: number): Markup {
  const style = pixels === undefined ? undefined : html` style="--w:${Math.round(pixels)}px"`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}"${style}>
${wide}</div>`;
}

/** Returns a list of terms and their values; terms with an empty value are left out. */
export function definitions(entries: Readonly<Record<string, string | Markup | undefined>>): Markup {
  const given = Object.entries(entries).filter(([, value]) => value !== undefined && value !== '');
  return html`<dl>${given.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}
