/** YAML that somebody has written, and what is wrong with it in words that cite nothing of it. */
import yaml from 'js-yaml';

/** What a text is that is no YAML; the message tells where, and has no line of the text. */
export class InvalidYaml extends Error {
  override readonly name = 'InvalidYaml';
}

/**
 * Reads one document.
 * @throws InvalidYaml: `not valid YAML, line 3, column 7: …`
 */
export function readYaml(text: string): unknown {
  try {
    return yaml.load(text);
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    const { line, column } = error.mark ?? {};
    const place = line === undefined ? '' : `, line ${line + 1}, column ${column + 1}`;
    // The parser's own message shows the lines around it, which may hold a key or a token.
    throw new InvalidYaml(`not valid YAML${place}: ${error.reason}`);
  }
}
