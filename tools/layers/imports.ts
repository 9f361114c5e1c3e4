// Reads what a TypeScript file imports, in whatever form: a check that missed one form would be
// one that can be got round by accident.
import { parseSync, Visitor } from 'oxc-parser'

export interface Import {
  /** As written; `undefined` where it is computed. */
  readonly specifier: string | undefined
  /** Nothing of it is left in the JavaScript. */
  readonly isType: boolean
  readonly line: number
}

/** Throws a `SyntaxError` when the file does not parse. */
export function readImports(file: string, text: string): Import[] {
  const { program, errors } = parseSync(file, text)
  const [error] = errors
  if (error !== undefined) throw new SyntaxError(`${file} does not parse: ${error.message}`)
  const imports: Import[] = []
  const add = (start: number, specifier: string | undefined, isType: boolean) => {
    imports.push({ specifier, isType, line: lineAt(text, start) })
  }
  // `import { type A }` counts as a value: with verbatimModuleSyntax the import itself remains.
  new Visitor({
    ImportDeclaration: ({ start, source, importKind }) => {
      add(start, source.value, importKind === 'type')
    },
    ExportAllDeclaration: ({ start, source, exportKind }) => {
      add(start, source.value, exportKind === 'type')
    },
    ExportNamedDeclaration: ({ start, source, exportKind }) => {
      if (source !== null) add(start, source.value, exportKind === 'type')
    },
    ImportExpression: ({ start, source }) => {
      const isText = source.type === 'Literal' && typeof source.value === 'string'
      add(start, isText ? String(source.value) : undefined, false)
    },
    TSImportType: ({ start, source }) => add(start, source.value, true),
    TSModuleDeclaration: ({ start, id }) => {
      if (id.type === 'Literal') add(start, id.value, true)
    },
  }).visit(program)
  return imports.sort((a, b) => a.line - b.line)
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
