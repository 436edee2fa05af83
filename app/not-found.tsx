import { NotFoundState } from "#ui/shell/not-found-state.tsx";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <NotFoundState />
    </main>
  );
}
