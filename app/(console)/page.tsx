export default function Page() {
  return <h1>Redrive</h1>;
}
