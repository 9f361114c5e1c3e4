/**
 * The passwords of at least 15 characters that are tried first. Published lists of breached
 * passwords hold few of that length, and those are built in a handful of ways from the short ones
 * that everybody knows; so the list is kept as those parts and put together when it is first asked.
 */

/** The heads of every published list: what two of them, or one twice, make long is no secret. */
const words = `
  password passw0rd letmein welcome admin administrator root login master secret changeme default
  guest user test temp access hello monkey dragon sunshine princess football baseball basketball
  soccer hockey superman batman spiderman pokemon starwars iloveyou loveme lovely babygirl angel
  flower butterfly chocolate cookie orange purple summer winter spring autumn shadow killer hunter
  ranger tigger ginger pepper maggie buster charlie michael jessica jennifer ashley daniel jordan
  thomas robert matthew andrew joshua nicole hannah samantha anthony william liverpool chelsea
  arsenal barcelona juventus freedom whatever trustno1 computer internet samsung google facebook
  qwerty qwerty123 abc123 asdfgh zxcvbn 123456 12345678 123123 1234 12345 123456789 1q2w3e4r 1qaz2wsx
  qazwsx money blessed jesus family forever friends secure security company office
`
  .trim()
  .split(/\s+/)

const tails = ['', '1', '12', '123', '1234', '12345', '123456', '1234567890', '!', '1!', '123!']

/** Rows, columns and diagonals that fingers find by themselves, each long enough to be cut. */
const walks = [
  '0123456789012345678901234567890123456789',
  '9876543210987654321098765432109876543210',
  'qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnm',
  'poiuytrewqlkjhgfdsamnbvcxzpoiuytrewqlkjhgfdsamnbvcxz',
  'qwertzuiopasdfghjklyxcvbnmqwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbnazertyuiopqsdfghjklmwxcvbn',
  '1234567890qwertyuiopasdfghjklzxcvbnm1234567890qwertyuiop',
  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789',
  'zyxwvutsrqponmlkjihgfedcbazyxwvutsrqponmlkjihgfedcba',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p1qaz2wsx3edc4rfv',
  '1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0q1w2e3r4t5y6u7i8o9p0',
  'qazwsxedcrfvtgbyhnujmikolpqazwsxedcrfvtgbyhnujmikolp',
  'zaq12wsxcde34rfvbgt56yhnmju78ikzaq12wsxcde34rfv',
  '1a2b3c4d5e6f7g8h9i0j1a2b3c4d5e6f7g8h9i0j',
  'a1b2c3d4e5f6g7h8i9j0a1b2c3d4e5f6g7h8i9j0',
]

/** Phrases that are on the published lists as they are. */
const phrases = `
  thisismypassword thisisapassword mypasswordismypassword
  passwordispassword iforgotmypassword ihatepasswords yourpasswordhere enterpassword123
  thequickbrownfox thequickbrownfoxjumpsoverthelazydog maytheforcebewithyou tobeornottobethatisthequestion
  onceuponatime123 iloveyouforever iloveyousomuch1 iloveyou3000times iloveyoumorethan ilovemyfamily123
  ilovemyhusband1 ilovemymother12 jesuschrist1234 jesusismysavior godisgoodallthetime inthenameofgod
  neverendingstory lordoftherings1 harrypotter1234 gameofthrones12 startrekvoyager supercalifragilistic
  supercalifragilisticexpialidocious antidisestablishmentarianism pneumonoultramicroscopic
  manchesterunited manchestercity1 realmadrid12345 newyorkyankees1 dallascowboys12 losangeleslakers
  redhotchilipeppers metallicametallica linkinpark12345 letmeinplease123 opensesame12345 abracadabra12345
  whateverwhatever donttellanybody nobodyknowsthis topsecret123456 superadministrator
`
  .trim()
  .split(/\s+/)

const shortest = 15

let built: ReadonlySet<string> | undefined

/** All of them, in lower case, each at least 15 characters long. */
export function commonPasswords(): ReadonlySet<string> {
  built ??= new Set([...generate()].filter((password) => password.length >= shortest))
  return built
}

function* generate(): Generator<string> {
  yield* phrases
  for (const walk of walks) yield* cuts(walk)
  for (const word of words) {
    for (const tail of tails) {
      for (const times of [1, 2, 3, 4, 5]) {
        yield word.repeat(times) + tail
        yield (word + tail).repeat(times)
      }
    }
    for (const other of words) yield word + other
  }
}

function* cuts(walk: string): Generator<string> {
  for (let from = 0; from + shortest <= walk.length; from += 1) {
    for (let to = from + shortest; to <= Math.min(walk.length, from + 26); to += 1) {
      yield walk.slice(from, to)
    }
  }
}

/** Also when letters are written as digits or signs, or when a few characters only repeat. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase()
  const spellings = [lower, plain(lower), lower.replace(/[\s._-]/g, '')]
  return spellings.some((spelling) => commonPasswords().has(spelling)) || repeats(lower)
}

function plain(password: string): string {
  const letters: Readonly<Record<string, string>> = {
    '@': 'a',
    '4': 'a',
    '3': 'e',
    '0': 'o',
    $: 's',
  }
  return password.replace(/[@430$]/g, (sign) => letters[sign] ?? sign)
}

/** `aaaa…`, `abababa…`, `asdfasdfasdfas…`: at most four characters, over and over. */
function repeats(password: string): boolean {
  const characters = [...password]
  return [1, 2, 3, 4].some((period) =>
    characters.every((character, at) => at < period || character === characters[at - period]),
  )
}
