/** What the suite wants of a store and Valkey does otherwise. */
export const singleSkips: Readonly<Record<string, string>> = {
  'prune deletes what is past its own deadline, and nothing else':
    'It counts an anonymous session, which is in no index: the server deletes it by itself. stored-keys.valkey.test.ts has the rest',
}

export const clusterSkips: Readonly<Record<string, string>> = {
  ...singleSkips,
  'in 1,000 interleavings nothing survives that comes from before a revocation':
    'Some 250 of them end everybody, which is 4,096 calls each here: minutes. cluster.valkey.test.ts has a hundred',
}

const counted =
  'A session in another slot counts as it was read: those that are just being made may exceed the cap'

/** Of sessions that are in other slots than their users. */
export const farSkips: Readonly<Record<string, string>> = {
  ...clusterSkips,
  'parallel sign-ins under a cap hold it by refusing': counted,
  'parallel sign-ins under a cap hold it by ending the oldest': counted,
  'one more parallel log-in than the cap allows, in two processes: refused': counted,
  'one more parallel log-in than the cap allows, in two processes: ending the oldest': counted,
}
