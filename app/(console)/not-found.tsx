import { NotFoundState } from "#ui/shell/not-found-state.tsx";

export default function NotFound() {
  return <NotFoundState />;
}
