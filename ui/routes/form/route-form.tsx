"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";
import { useTranslations } from "use-intl";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { ErrorLine } from "../../kit/error-state.tsx";
import { notify } from "../../kit/toast.tsx";
import { visibleText } from "../../kit/visible-text.ts";
import { useTRPC } from "../../trpc/client.tsx";
import { refusalOf } from "../../trpc/failure.ts";
import { DestinationSection } from "./destination-section.tsx";
import { DryRunPanel } from "./dry-run-panel.tsx";
import { Field, Section, useComplaint, Wrong } from "./fields.tsx";
import { GuardSection, OrderSection } from "./guard-section.tsx";
import { EndsSection, LimitsSection } from "./limits-section.tsx";
import { RetrySection, SchedulePanel } from "./retry-section.tsx";
import { readDraft } from "./route-definition-of.ts";
import type { RouteDraft } from "./route-draft.ts";
import { RulesSection } from "./rules-section.tsx";
import { SourceFields, useMeantQueue } from "./source-fields.tsx";

type Props = {
  initial: RouteDraft;
  /** Null for a new route. */
  saved: { readonly id: string; readonly name: string; readonly version: number } | null;
};

/** Everything a route is told, with its schedule drawn while it is typed; what is wrong stands at its field. */
export function RouteForm({ initial, saved }: Props) {
  const t = useTranslations("routes");
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const complaint = useComplaint();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(initial);
  const [tried, setTried] = useState(false);
  const meant = useMeantQueue(draft.source);
  const leave = async (id: string, words: string) => {
    await queries.invalidateQueries();
    notify.done(words);
    router.push(`/routes/${id}`);
  };
  const name = draft.name.trim();
  const create = useMutation(trpc.routes.create.mutationOptions({ onSuccess: ({ id }) => leave(id, t("form.created", { name })) }));
  const update = useMutation(trpc.routes.update.mutationOptions({ onSuccess: () => leave(saved?.id ?? "", t("form.changed", { name })) }));

  const { definition, wrong: complaints } = readDraft(draft);
  const wrong = new Map([...complaints].map(([path, each]) => [path, complaint(each)]));
  if (saved === null) {
    if (draft.source.connectionId === "") wrong.set("source.connectionId", t("form.chooseConnection"));
    if (draft.source.queue.trim() === "" || (meant.listed === null && meant.typed === null)) wrong.set("source", t("form.queueFirst"));
    else if (meant.custody !== "copied" && meant.custody !== null && !draft.consent) wrong.set("consent", t(meant.custody === "heard" ? "form.heardFirst" : "form.consentFirst"));
  }
  const refusal = refusalOf(create.error ?? update.error);
  const shown = tried ? wrong : new Map<string, string>();
  const field = refusal?.field?.replace(/^definition\./, "") ?? null;
  if (refusal !== null && field !== null && !shown.has(field)) shown.set(field, refusal.message);

  const change = (patch: Partial<RouteDraft>) => {
    create.reset();
    update.reset();
    setDraft({ ...draft, ...patch });
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (definition === null || wrong.size > 0) {
      // after the errors are drawn
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true], [role=alert]")?.scrollIntoView({ block: "center" }));
      return;
    }
    if (saved !== null) return update.mutate({ id: saved.id, name, version: saved.version, definition });
    const source = meant.listed === null ? { from: "typed" as const, connectionId: draft.source.connectionId, source: meant.typed ?? {} } : { from: "queue" as const, queueId: meant.listed.id };
    create.mutate({ name, source, consent: draft.consent, definition });
  };
  return (
    <Wrong value={shown}>
      <form ref={form} onSubmit={save} noValidate className="grid items-start gap-4 px-4 pb-4 lg:grid-cols-[minmax(0,46rem)_minmax(20rem,26rem)]">
        <div className="grid min-w-0 gap-5 rounded border bg-surface p-4">
          <Field path="name" label={t("form.name")} help={t("form.nameHelp")} required maxLength={63} value={draft.name} onChange={(next) => change({ name: next })} />
          {saved === null && (
            <Section title={t("form.from")} help={t("form.fromHelp")}>
              <SourceFields draft={draft} meant={meant} onChange={change} />
            </Section>
          )}
          <DestinationSection draft={draft} onChange={change} />
          <RetrySection draft={draft} onChange={change} />
          <RulesSection draft={draft} onChange={change} />
          <GuardSection draft={draft} onChange={change} />
          <OrderSection draft={draft} onChange={change} />
          <LimitsSection draft={draft} onChange={change} />
          <EndsSection draft={draft} onChange={change} />
          {refusal !== null && <ErrorLine>{refusal.message}</ErrorLine>}
          {tried && wrong.size > 0 && <ErrorLine>{t("form.wrong", { count: wrong.size })}</ErrorLine>}
          <div className="flex flex-wrap items-center justify-end gap-2 border-t pt-3">
            <ButtonLink href={saved === null ? "/routes" : `/routes/${saved.id}`} variant="ghost">
              {t("form.cancel")}
            </ButtonLink>
            <Button type="submit" variant="primary" busy={create.isPending || update.isPending}>
              {saved === null ? t("form.create", { name: visibleText(name, 60) || t("form.theRoute") }) : t("form.save", { name: visibleText(saved.name, 60) })}
            </Button>
          </div>
        </div>
        <div className="grid min-w-0 gap-4 lg:sticky lg:top-4">
          <SchedulePanel draft={draft} />
          <DryRunPanel definition={definition} routeId={saved?.id ?? null} />
        </div>
      </form>
    </Wrong>
  );
}
