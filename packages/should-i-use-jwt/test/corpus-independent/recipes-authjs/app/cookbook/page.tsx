import { auth } from '~/auth'
import { prisma } from '~/lib/db'

export default async function CookbookPage() {
  const session = await auth()
  const recipes = await prisma.recipe.findMany({ where: { authorId: session!.user!.id } })

  return (
    <main>
      <h1>{session!.user!.name}&rsquo;s cookbook</h1>
      <ul>
        {recipes.map((r) => (
          <li key={r.id}>{r.title}</li>
        ))}
      </ul>
    </main>
  )
}
