import type { HtmlEscapedString } from 'hono/utils/html'

/** A piece of a page. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** A page on its way. */
export type Rendered = Response | Promise<Response>
