export default function Home() {
  return <main>Reports</main>
}
