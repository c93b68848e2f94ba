/** XML elements as text. */
import { printable } from '../base/printable.ts';

/** Escapes text for XML 1.0: first what it cannot hold, and other control characters. */
export function escapeXml(text: string): string {
  return printable(text)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\n/g, '&#10;')
    .replace(/\r/g, '&#13;')
    .replace(/\t/g, '&#9;');
}

/** Writes an element. @param body - XML; without it the element is empty */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  body?: string,
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return body === undefined
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${body}</${name}>`;
}
