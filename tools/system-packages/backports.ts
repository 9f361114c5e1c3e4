// Debian keeps newer versions for a stable release in its backports, on the same mirrors.

/** The sources of the backports, from the text of a file of apt's that has those of the release. */
export function backportsOf(sources: string, codename: string): string {
  const backports = `${codename}-backports`
  const lines = sources.split('\n').filter((line) => isReleaseLine(line, codename))
  const stanzas = sources.split(/\n\s*\n/).filter((stanza) => isReleaseStanza(stanza, codename))
  return [
    ...lines.map((line) => line.replace(` ${codename} `, ` ${backports} `)),
    ...stanzas.map((stanza) => stanza.replace(/^Suites:.*$/m, `Suites: ${backports}`)),
  ].join('\n\n')
}

// Other projects' sources may be named after the release as well; they have no "main" of Debian.
function isReleaseLine(line: string, codename: string): boolean {
  return new RegExp(`^deb .*/debian/? ${codename} .*\\bmain\\b`).test(line)
}

function isReleaseStanza(stanza: string, codename: string): boolean {
  const has = (field: string, value: string) =>
    new RegExp(`^${field}:(.*\\s)?${value}(\\s|$)`, 'm').test(stanza)
  return has('Suites', codename) && has('Components', 'main') && has('URIs', '\\S*/debian/?')
}
