// Joint work tickets: nothing to do with tokens.
exports.sign = (ticket, name) => ({ ...ticket, signedBy: name })
exports.verify = (ticket) => Boolean(ticket.signedBy)
exports.decode = (text) => text.split('').reverse().join('')
