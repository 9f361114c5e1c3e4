export interface Database {
  agents: { id: string; token_version: number; email: string }
  tickets: { id: string; assignee: string; title: string }
}
