// Where tokens are signed, verified and decoded, and with which settings. A function that only
// passes its parameters on is looked through: each of its callers is a use of its own.
import type { Frame, Origin } from '../flow/origin.ts'
import type { Tracer } from '../flow/tracer.ts'
import { jwtModelOf } from '../libraries/jwt-libraries.ts'
import type { JwtCall, JwtLibrary, SettingName } from '../libraries/jwt-library.ts'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  enclosingFunction,
  type FunctionNode,
  type Node,
  returnsOf,
  unwrap,
  walk,
} from '../scan/syntax.ts'
import { chainOf, findOption, optionsOf, readSetting, type Setting } from './settings.ts'

export interface TokenCall {
  readonly role: 'verify' | 'decode' | 'sign' | 'guard'
  readonly library: JwtLibrary
  readonly model: JwtCall
  readonly call: CallNode
  readonly frame: Frame | undefined
  /** The function that asks for it: the outermost of those that pass it on. */
  readonly fn: FunctionNode | undefined
  readonly options: readonly Node[]
  /** What is signed, or whose token it is. */
  readonly subject: Node | undefined
  readonly token: readonly Origin[]
  readonly keys: readonly Origin[]
  readonly settings: Readonly<Record<SettingName, Setting>>
}

const mostFrames = 30

export function findTokenCalls(tracer: Tracer): TokenCall[] {
  const { evaluator } = tracer
  const found: TokenCall[] = []
  for (const file of evaluator.project.files.values()) {
    for (const call of file.calls) {
      const value = evaluator.evaluate(calleeOf(call))
      const model = value?.kind === 'api' ? jwtModelOf(value) : undefined
      if (model === undefined || !isUse(call)) continue
      const { library, call: description } = model
      for (const frame of framesOf(tracer, call, argumentsOf(call), 0)) {
        found.push(readTokenCall(tracer, library, description, call, frame))
      }
    }
  }
  return found
}

// `class X extends PassportStrategy(Strategy)` is not a call to `Strategy`.
function isUse(call: CallNode): boolean {
  return call.type !== 'TaggedTemplateExpression'
}

export function readTokenCall(
  tracer: Tracer,
  library: JwtLibrary,
  model: JwtCall,
  call: CallNode,
  frame: Frame | undefined,
): TokenCall {
  const { evaluator } = tracer
  const args = argumentsOf(call)
  const options = optionsOf(evaluator, library, model, call, frame)
  const setting = (name: SettingName) => readSetting(evaluator, model, name, call, options)
  const key = keyOf(tracer, model, call, options)
  const token = model.token === undefined ? undefined : args[model.token]
  return {
    role: model.role as TokenCall['role'],
    library,
    model,
    call,
    frame,
    fn: enclosingFunction(outermost(call, frame)),
    options,
    subject: model.isChain ? payloadOfChain(call) : args[model.payload ?? model.token ?? -1],
    token: token ? tracer.trace(token, frame) : [],
    keys: key ? keysIn(tracer, key, frame) : [],
    settings: {
      algorithms: setting('algorithms'),
      audience: setting('audience'),
      issuer: setting('issuer'),
      expires: setting('expires'),
      key: setting('key'),
    },
  }
}

export function outermost(call: CallNode, frame: Frame | undefined): CallNode {
  return frame === undefined ? call : outermost(frame.call, frame.outer)
}

function keyOf(
  { evaluator }: Tracer,
  { key }: JwtCall,
  call: CallNode,
  options: readonly Node[],
): Node | undefined {
  if (typeof key === 'number') return argumentsOf(call)[key]
  for (const object of options) {
    for (const name of key ?? []) {
      const setting = findOption(evaluator, object, name)
      if (setting.state === 'set') return setting.node
    }
  }
  return undefined
}

// A key may be found by a function, which returns it or calls back with it.
function keysIn(tracer: Tracer, key: Node, frame: Frame | undefined): readonly Origin[] {
  const value = tracer.evaluator.evaluate(key)
  if (value?.kind !== 'function') return tracer.trace(key, frame)
  const callback = value.node.params.at(-1)
  const given = tracer.evaluator.project
    .fileOf(value.node)
    .calls.filter((call) => {
      const callee = calleeOf(call)
      return (
        callee.type === 'Identifier' && tracer.evaluator.bindingOf(callee)?.identifier === callback
      )
    })
    .flatMap((call) => argumentsOf(call)[1] ?? [])
  return [...returnsOf(value.node), ...given].flatMap((each) => tracer.trace(each))
}

function payloadOfChain(call: CallNode): Node | undefined {
  const first = chainOf(call).at(-1)
  return first && argumentsOf(first)[0]
}

// The ways into a function whose parameters appear among what the call is given.
function framesOf(
  tracer: Tracer,
  call: CallNode,
  nodes: readonly Node[],
  depth: number,
): (Frame | undefined)[] {
  const { evaluator } = tracer
  const fn = enclosingFunction(call)
  if (fn === undefined || depth > 3 || !nodes.some((each) => usesParameterOf(tracer, fn, each))) {
    return [undefined]
  }
  const callers = evaluator.callSites.callers.get(fn) ?? []
  if (callers.length === 0) return [undefined]
  const frames = callers.slice(0, mostFrames).flatMap((each) =>
    framesOf(tracer, each, argumentsOf(each), depth + 1).map((outer) => ({
      fn,
      call: each,
      outer,
    })),
  )
  return frames.slice(0, mostFrames)
}

function usesParameterOf({ evaluator }: Tracer, fn: FunctionNode, node: Node): boolean {
  let isUsed = false
  walk(unwrap(node), (each) => {
    if (each.type !== 'Identifier' || isUsed) return
    const binding = evaluator.bindingOf(each)
    isUsed = binding?.kind === 'parameter' && binding.declaration === fn
  })
  return isUsed
}
