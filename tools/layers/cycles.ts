// Finds import cycles: they make it impossible to read, test or move one file alone.

/** One shortest cycle through each file that is on any, every cycle told once. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const told = new Set<string>()
  const cycles: string[][] = []
  for (const start of [...graph.keys()].sort()) {
    if (told.has(start)) continue
    const cycle = shortestWayBack(graph, start)
    if (cycle === undefined) continue
    for (const file of cycle) told.add(file)
    cycles.push(cycle)
  }
  return cycles
}

// Breadth first, remembering how each file was reached.
function shortestWayBack(
  graph: ReadonlyMap<string, readonly string[]>,
  start: string,
): string[] | undefined {
  const reachedFrom = new Map<string, string>()
  const queue = [start]
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) return [...wayTo(file, start, reachedFrom), start]
      if (reachedFrom.has(next)) continue
      reachedFrom.set(next, file)
      queue.push(next)
    }
  }
  return undefined
}

function wayTo(file: string, start: string, reachedFrom: ReadonlyMap<string, string>): string[] {
  const way = [file]
  for (let at = file; at !== start; ) {
    at = reachedFrom.get(at) ?? start
    way.unshift(at)
  }
  return way
}
