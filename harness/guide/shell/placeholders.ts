/**
 * Placeholders such as `<your context>`, which a page means its reader to replace; bash would take them for
 * redirections. Each of their marks is hidden behind a character of the private use area, so that every place
 * stays where it is.
 */

const PLACEHOLDER = /(?<![<>&\d])<([A-Za-z](?:[\w .,'/:-]*[\w.])?)>(?![>&])/g;
const HIDDEN = /\uE000([^\uE001]*)\uE001/g;
const BLANK = '\uE002';
const QUOTE = '\uE003';

/** Hides the placeholders of a text; the result is as long as the text. */
export const hidePlaceholders = (text: string): string =>
  text.replace(
    PLACEHOLDER,
    (_all, name: string) => `\uE000${name.replaceAll(' ', BLANK).replaceAll("'", QUOTE)}\uE001`,
  );

/** Puts the marks back. */
export const showPlaceholders = (text: string): string =>
  text.replace(HIDDEN, (_all, name: string) => `<${name.replaceAll(BLANK, ' ').replaceAll(QUOTE, "'")}>`);

/** Returns the first placeholder that is hidden in a text, with its marks. */
export function placeholderIn(text: string): string | undefined {
  const [found] = text.match(HIDDEN) ?? [];
  return found === undefined ? undefined : showPlaceholders(found);
}
