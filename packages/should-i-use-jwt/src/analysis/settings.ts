// What a call to a library is told: options in an object, options in a chain of calls, options
// given once to a plugin or module.
import type { Frame } from '../flow/origin.ts'
import type { JwtCall, JwtLibrary, SettingName } from '../libraries/jwt-library.ts'
import { packageOf } from '../scan/project.ts'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  isFunction,
  type Node,
  propertyName,
  returnsOf,
  unwrap,
} from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'

export type Setting =
  | { readonly state: 'set'; readonly node: Node }
  | { readonly state: 'absent' }
  /** Options are given, and cannot be read. */
  | { readonly state: 'unknown' }

const absent: Setting = { state: 'absent' }

/** The objects in which a call's options are, the call's own first. */
export function optionsOf(
  evaluator: Evaluator,
  library: JwtLibrary,
  model: JwtCall,
  call: CallNode,
  frame: Frame | undefined,
): Node[] {
  const own =
    model.options === 'origin'
      ? originArgument(evaluator, call)
      : model.options === undefined
        ? undefined
        : argumentsOf(call)[model.options]
  const registered = model.hasRegistration ? registrationsOf(evaluator, library, call) : []
  // `verify(token, key, callback)`: the options were left out.
  const isCallback = own !== undefined && evaluator.evaluate(own)?.kind === 'function'
  const objects = [own && !isCallback && passedThrough(evaluator, own, frame), ...registered]
  return objects.filter((each) => each !== undefined && each !== false)
}

function originArgument(evaluator: Evaluator, call: CallNode): Node | undefined {
  const value = evaluator.evaluate(calleeOf(call))
  return value?.kind === 'api' && value.origin ? argumentsOf(value.origin)[0] : undefined
}

// `(payload, options) => sign(payload, key, options)`: the options of the caller.
function passedThrough(evaluator: Evaluator, node: Node, frame: Frame | undefined): Node {
  const inner = unwrap(node)
  const binding = evaluator.bindingOf(inner)
  if (frame === undefined || binding?.kind !== 'parameter') return inner
  const index = frame.fn.params.findIndex(
    ({ start, end }) => start <= binding.identifier.start && binding.identifier.end <= end,
  )
  const argument = binding.declaration === frame.fn ? argumentsOf(frame.call)[index] : undefined
  return argument ? passedThrough(evaluator, argument, frame.outer) : inner
}

function registrationsOf(
  evaluator: Evaluator,
  { registration }: JwtLibrary,
  call: CallNode,
): Node[] {
  if (registration === undefined) return []
  const found: Node[] = []
  for (const file of evaluator.project.files.values()) {
    for (const each of file.calls) {
      const target = registration.isPlugin ? argumentsOf(each)[0] : calleeOf(each)
      const value = target && evaluator.evaluate(target)
      if (value?.kind !== 'api' || !registration.packages.test(value.package)) continue
      if (!registration.path.test(value.path)) continue
      const settings = argumentsOf(each)[registration.argument]
      if (settings) found.push(...settingsIn(evaluator, settings, registration.factory))
    }
  }
  const { project } = evaluator
  const own = project.fileOf(call).path
  const near = (node: Node) => {
    const { path } = project.fileOf(node)
    if (packageOf(project, path) !== packageOf(project, own)) return -1
    return [...path].findIndex((letter, index) => letter !== own[index])
  }
  return found.sort((a, b) => near(b) - near(a))
}

function settingsIn(evaluator: Evaluator, node: Node, factory: string | undefined): Node[] {
  const made = factory === undefined ? absent : findOption(evaluator, node, factory)
  if (made.state !== 'set') return [node]
  const value = evaluator.evaluate(made.node)
  return value?.kind === 'function' ? returnsOf(value.node) : [node]
}

/** An option by its name, `verify.algorithms` for one inside another. */
export function findOption(evaluator: Evaluator, node: Node, name: string): Setting {
  const value = evaluator.evaluate(node)
  const object = value?.kind === 'object' ? value.node : unwrap(node)
  if (object.type !== 'ObjectExpression') return { state: 'unknown' }
  const [first, ...rest] = name.split('.')
  let isUnknown = false
  for (const each of object.properties.toReversed()) {
    if (each.type === 'SpreadElement') {
      const inner = findOption(evaluator, each.argument, name)
      if (inner.state === 'set') return inner
      if (inner.state === 'unknown') isUnknown = true
    } else if (propertyName(each) === first) {
      return rest.length === 0
        ? { state: 'set', node: each.value }
        : findOption(evaluator, each.value, rest.join('.'))
    }
  }
  return isUnknown ? { state: 'unknown' } : absent
}

export function readSetting(
  evaluator: Evaluator,
  model: JwtCall,
  name: SettingName,
  call: CallNode,
  options: readonly Node[],
): Setting {
  const names = model.names[name] ?? []
  if (model.isChain) return readChain(call, names)
  let isUnknown = false
  for (const object of options) {
    for (const each of names) {
      const setting = findOption(evaluator, object, each)
      if (setting.state === 'set') return setting
      if (setting.state === 'unknown') isUnknown = true
    }
  }
  return isUnknown ? { state: 'unknown' } : absent
}

function readChain(call: CallNode, names: readonly string[]): Setting {
  for (const each of chainOf(call)) {
    const [first] = argumentsOf(each)
    if (first && names.includes(propertyName(calleeOf(each)) ?? ''))
      return { state: 'set', node: first }
  }
  return absent
}

/** The calls on which a fluent call stands, from the last to the first. */
export function chainOf(call: CallNode): CallNode[] {
  const chain: CallNode[] = [call]
  let callee = unwrap(calleeOf(call))
  while (callee.type === 'MemberExpression') {
    const object = unwrap(callee.object)
    if (object.type !== 'CallExpression' && object.type !== 'NewExpression') break
    chain.push(object)
    callee = unwrap(calleeOf(object))
  }
  return chain
}

/** The functions in an option: a callback, or a few of them. */
export function functionsIn(evaluator: Evaluator, node: Node): Node[] {
  const value = evaluator.evaluate(node)
  if (value?.kind === 'function') return [value.node]
  return isFunction(node) ? [node] : []
}
