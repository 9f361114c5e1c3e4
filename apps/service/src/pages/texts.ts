import { longestPassword, shortestPassword } from '../accounts/password-rules.ts'

/** Every text that the pages show, so that all of them can be read, corrected and translated here. */
export const texts = {
  language: 'en',
  brand: 'Cloakroom',
  pageTitle: (title: string) => `${title} · Cloakroom`,
  errorTitle: (title: string) => `Error: ${title}`,

  skipToContent: 'Skip to content',
  navigation: {
    label: 'Pages',
    account: 'Account',
    users: 'Users',
    invites: 'Invites',
    clients: 'Clients',
    audit: 'Audit log',
  },
  footer: 'A session is a ticket: hand it in, and it is worth nothing.',
  signOut: 'Sign out',
  cancel: 'Cancel',
  impersonation: (email: string) =>
    `You are acting as ${email}. Passwords and sessions cannot be changed from here. Sign out to stop.`,

  fields: {
    email: 'Email address',
    password: 'Password',
    currentPassword: 'Current password',
    newPassword: 'New password',
    passwordHint: `At least ${shortestPassword} characters. A few words in a row are easy to remember, and spaces are fine.`,
    repeated: (label: string) => `${label} again`,
    repeatedHint: 'A forgotten password cannot be reset, so make sure that this is what you meant.',
    invite: 'Invite code',
    inviteHint: 'An administrator gave it to you. It works once.',
    firstInviteHint:
      'While there is no administrator, the setup code that the service printed works here too.',
    setupCode: 'Setup code',
    setupCodeHint:
      'The service prints one at each start while there is no administrator. It is valid for 30 minutes.',
  },

  signIn: {
    title: 'Sign in',
    toGoOn: 'Sign in to see that page.',
    persistent: 'Keep me signed in',
    persistentHint:
      'For up to 30 days, on a device that is yours alone. Otherwise for a day at most.',
    submit: 'Sign in',
    noAccount: 'No account yet?',
  },
  signUp: {
    title: 'Create an account',
    submit: 'Create account',
    haveAccount: 'Have an account already?',
  },
  stepUp: {
    title: 'Confirm that it’s you',
    why: 'What you are about to do affects the safety of an account, so enter your password again. It counts for ten minutes.',
    signedInAs: 'Signed in as',
    submit: 'Confirm',
  },
  account: {
    title: 'Your account',
    signedInAs: 'Signed in as',
    administrator: 'Administrator',
    changePassword: 'Change password',
    setup: 'There is no administrator yet. If you started this service, you can become it.',
    setupLink: 'Enter the setup code',
  },
  sessions: {
    title: 'Where you are signed in',
    explanation:
      'Something that you do not recognise? End it, then change your password. When a device was last seen can be an hour behind.',
    unknownDevice: 'Unknown device',
    unknownAddress: 'Unknown',
    thisDevice: 'This device',
    impersonated: 'An administrator acting as this user',
    client: 'A program',
    address: 'IP address',
    created: 'Signed in',
    lastSeen: 'Last seen',
    expires: 'Expires',
    activeNow: 'Now',
    end: 'End session',
    endWhich: (device: string, address: string) => `on ${device}, ${address}`,
    endOthers: 'End all other sessions',
    noOthers: 'You are signed in on this device only.',
    none: 'This user is not signed in anywhere.',
  },
  password: {
    title: 'Change password',
    endOthers: 'Also end my other sessions',
    endOthersHint: 'Whoever is signed in with the old password is out at once.',
    submit: 'Change password',
  },
  setup: {
    title: 'Become the administrator',
    explanation:
      'The first administrator can see and end everybody’s sessions, block people and invite them.',
    submit: 'Become administrator',
    closed: 'There is an administrator already, so the setup code does nothing any more.',
  },
  admin: {
    state: { active: 'Active', blocked: 'Blocked' },
    email: 'Email address',
    status: 'Status',
    joined: 'Joined',
    blockedSince: 'Blocked',
    id: 'User id',
  },
  pager: { pages: 'More results', nextPage: 'Next page', firstPage: 'First page' },
  users: {
    title: 'Users',
    search: 'Email address begins with',
    submit: 'Search',
    table: 'Users, by email address',
    empty: 'There is nobody here yet.',
    noMatch: 'No email address begins with that.',
    endEverybodys: 'End everybody’s sessions',
    endEverybodysHint: 'If something has gone badly wrong: signs out every user, you included.',
  },
  user: {
    sessions: 'Sessions',
    back: 'All users',
    block: 'Block user',
    unblock: 'Unblock user',
    endAll: 'End all sessions',
    yourself: 'This is you.',
  },
  block: {
    title: (email: string) => `Block ${email}?`,
    explanation:
      'All their sessions end at once, and they cannot sign in until you unblock them. Sessions that have ended do not come back.',
    submit: 'Block user',
  },
  endAll: {
    title: (email: string) => `End all sessions of ${email}?`,
    explanation:
      'They are signed out everywhere at once, and can sign in again with their password.',
    submit: 'End all sessions',
  },
  endEverybodys: {
    title: 'End everybody’s sessions?',
    explanation:
      'Every user is signed out at once, on every device, and so are you. It cannot be undone; everybody can sign in again with their password.',
    submit: 'End everybody’s sessions',
  },
  invites: {
    title: 'Invites',
    explanation:
      'An invite code lets one person create an account. It is shown to you this once: afterwards nobody can look it up.',
    policy: {
      open: 'Sign-up is open at the moment, so nobody needs one.',
      invite: 'Nobody can sign up without one.',
      closed: 'Sign-up is closed at the moment, so nobody can use one.',
    },
    submit: 'Make an invite code',
    madeTitle: 'Invite code made',
    expires: 'Valid until',
    copyNow: 'Copy it now. When you leave this page, it is gone.',
    finish: 'Done',
  },
  clients: {
    title: 'Clients',
    explanation:
      'Programs that people sign in to with their account here, and services that check what such programs show them.',
    table: 'Clients, by name',
    empty: 'There are no clients yet.',
    add: 'Add a client',
    back: 'All clients',
    name: 'Name',
    nameHint: 'People see it in the list of where they are signed in.',
    kind: 'Kind',
    kinds: { public: 'Public', confidential: 'Confidential' },
    confidential: 'It can keep a secret',
    confidentialHint: 'A program on a server can. An app on a phone, or a page, cannot.',
    grants: 'Gets tokens for',
    grantsHint:
      'Audiences, each with its scopes, separated by spaces; a semicolon before the next audience.',
    serves: 'Checks tokens for',
    servesHint:
      'If it is a service that introspects the tokens that it is shown: its audience. It needs a secret for that.',
    added: 'Added',
    id: 'Client id',
    secret: 'Client secret',
    oneSecret:
      'To replace it, make a new one. Both are valid then, until you drop the one before it.',
    twoSecrets: 'Two secrets are valid. When the program uses the new one, drop the one before it.',
    renew: 'Make a new secret',
    drop: 'Drop the old secret',
    copyNow: 'Copy it now. When you leave this page, it is gone.',
    finish: 'Done',
    remove: 'Remove client',
  },
  removeClient: {
    title: (name: string) => `Remove ${name}?`,
    explanation:
      'It gets no tokens any more, and its sessions are worth nothing. Tokens that it has already are valid for five minutes at most.',
    submit: 'Remove client',
  },
  audit: {
    title: 'Audit log',
    explanation: 'Who did what to whom. Entries can be added, and never changed.',
    table: 'Audit entries, newest first',
    when: 'When',
    who: 'Who',
    what: 'What',
    whom: 'To whom',
    from: 'From',
    /** `user_blocked` becomes `User blocked`. */
    action: (name: string) =>
      `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`,
    nobody: 'Nobody signed in',
    nothing: '–',
    empty: 'Nothing has happened yet.',
  },

  /** What a redirect may say by its `done` code. */
  done: {
    signed_up: 'Your account is ready. Sign in to begin.',
    signed_out: 'You are signed out.',
    confirmed: 'Thank you. Nothing has been done yet: go ahead.',
    session_ended: 'The session has ended.',
    others_ended: 'All other sessions have ended.',
    password_changed: 'Your password is changed, and all other sessions have ended.',
    password_changed_others_kept: 'Your password is changed. Your other sessions go on.',
    administrator: 'You are the administrator now.',
    user_blocked: 'The user is blocked, and all their sessions have ended.',
    user_unblocked: 'The user is unblocked and can sign in again.',
    sessions_ended: 'All sessions of this user have ended.',
    client_removed: 'The client is removed.',
    client_secret_dropped: 'The old secret is valid no more.',
    everybodys_sessions_ended: 'Everybody’s sessions have ended, yours included.',
  },

  /** What a form says of its own input. */
  problems: {
    invalid_credentials: 'The email address or the password is wrong.',
    wrong_password: 'That is not your password.',
    email_invalid: 'Enter an email address, such as name@example.com.',
    email_taken: 'There is an account with this email address already.',
    password_too_short: `Use at least ${shortestPassword} characters.`,
    password_too_long: `Use at most ${longestPassword} characters.`,
    password_common: 'That is one of the passwords that everybody tries first. Choose another.',
    password_contextual:
      'That is little more than your email address or the name of this service. Choose another.',
    passwords_differ: 'The two passwords are not the same.',
    invite_invalid: 'This invite code is not valid, or has been used.',
    setup_code_invalid: 'This is not the setup code, or it is no longer valid.',
    invalid_input: 'Something is missing. Check what you entered.',
    throttled: (wait: string) => `Too many attempts. Try again ${wait}.`,
    overloaded: 'Too many people are signing in at once. Try again in a few seconds.',
  },

  errorLabel: (status: number) => `Error ${status}`,
  tryAgain: (wait: string) => `Try again ${wait}.`,

  /** Why there is a page of its own instead of the one that was asked for. */
  errors: {
    not_found: {
      title: 'There is nothing here',
      text: 'This page does not exist, or what it was about is gone: a session may have ended already.',
    },
    method_not_allowed: {
      title: 'That cannot be done like this',
      text: 'There is something here, but not for this kind of request. Use the buttons on the pages.',
    },
    too_large: { title: 'That is too much', text: 'What was sent is larger than any form here.' },
    not_a_form: {
      title: 'That is not one of our forms',
      text: 'What was sent did not come from a form on these pages, so nothing was changed.',
    },
    wrong_context: {
      title: 'Only as a page',
      text: 'This can be opened as a page of its own, and not be built into another.',
    },
    cross_site: {
      title: 'That came from somewhere else',
      text: 'Another site may have sent this request, so nothing was changed. If it was you, do it from a page of this site.',
    },
    ambiguous_credentials: {
      title: 'Two tickets at once',
      text: 'Your browser sent two session cookies, and one of them may not be yours. Delete the cookies of this site, then sign in again.',
    },
    malformed_authorization: {
      title: 'That is not a ticket',
      text: 'The Authorization header of this request cannot be read.',
    },
    stale_form: {
      title: 'That page was out of date',
      text: 'Your session was renewed after the page was opened, so nothing was changed. Open the page again, and do it there.',
    },
    forbidden: { title: 'For administrators only', text: 'Your account may not see this page.' },
    impersonated_session: {
      title: 'Not while acting as somebody',
      text: 'This is open only to the users themselves, so nothing was changed.',
    },
    not_yourself: {
      title: 'Not to yourself',
      text: 'Administrators cannot block themselves, so nothing was changed.',
    },
    too_many_sessions: {
      title: 'Signed in in too many places',
      text: 'End a session on another device, then sign in here.',
    },
    sign_up_closed: {
      title: 'Sign-up is closed',
      text: 'New accounts cannot be created here at the moment. Ask an administrator.',
    },
    setup_closed: {
      title: 'There is an administrator already',
      text: 'The setup code does nothing any more.',
    },
    throttled: { title: 'Too many attempts', text: 'Nothing was changed.' },
    overloaded: { title: 'Too busy just now', text: 'Nothing was changed.' },
    refused: { title: 'That was refused', text: 'Nothing was changed.' },
    unavailable: {
      title: 'We cannot answer just now',
      text: 'You are not signed out.',
    },
    internal: {
      title: 'Something went wrong',
      text: 'It is our fault, and it has been noted. Look whether anything was changed before you try again.',
    },
  },
} as const
