"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Act, MessageState } from "#core/message/state.ts";
import type { Selection } from "#core/selection.ts";
import { ErrorState } from "../kit/error-state.tsx";
import { PageHeader } from "../kit/page.tsx";
import { SplitPane } from "../kit/split-pane.tsx";
import { Table } from "../kit/table/table.tsx";
import { useSearch } from "../kit/use-search.ts";
import { MessagePane } from "../message/message-pane.tsx";
import { EditDialog } from "../operations/edit-dialog.tsx";
import { OrderDialog } from "../operations/order-dialog.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { ChoiceBar } from "./choice-bar.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { filterPatch, messageHref, readAddress } from "./list-address.ts";
import { ListEmpty } from "./list-empty.tsx";
import { ListPager, NewerBar } from "./list-edges.tsx";
import { rowName, useMessageColumns } from "./message-table.tsx";
import { StateStrip, useStateCounts } from "./state-strip.tsx";
import { useChoice } from "./use-choice.ts";
import { useListKeys } from "./use-list-keys.ts";
import { useMessageList } from "./use-message-list.ts";

type Asked = { act: Act; selection: Selection } | { act: "edit"; id: string };

/** The dead letters: filter, list, and the message that is open beside it. The address is the state. */
export function DeadLettersPage() {
  const t = useTranslations("messages");
  const router = useRouter();
  const [search, setSearch] = useSearch();
  const address = readAddress(search);
  const { chosen, filter, id } = address;
  const [held, setHeld] = useState(false);
  const list = useMessageList(address, held);
  const choice = useChoice(filter, list.rows.map((row) => row.id));
  if (held !== choice.held) setHeld(choice.held);
  const [asked, setAsked] = useState<Asked | null>(null);
  const counts = useStateCounts(chosen);
  // the address itself: a key that follows at once must not find what was drawn before it
  const isOpen = (row: { id: string }) => new URLSearchParams(window.location.search).get("id") === row.id;
  const preview = (row: { id: string }) => (isOpen(row) ? router.push(messageHref(row.id, chosen)) : setSearch({ id: row.id }));
  const columns = useMessageColumns(chosen, preview);
  const setStates = (states: MessageState[] | null) => {
    const { state: _, ...rest } = chosen;
    setSearch(filterPatch(states === null ? rest : { ...rest, state: states }));
  };
  const ask = (act: Act) => {
    if (choice.tooMany) return;
    const selection = choice.selection ?? (id === null ? null : { by: "ids" as const, ids: [id] });
    if (selection !== null) setAsked({ act, selection });
  };
  useListKeys({
    act: ask,
    edit: () => id !== null && !choice.held && setAsked({ act: "edit", id }),
    open: () => id !== null && router.push(messageHref(id, chosen)),
    close: () => (choice.held ? choice.clear() : setSearch({ id: null })),
    some: choice.held || id !== null,
  });
  const pane = id === null ? null : <MessagePane key={id} id={id} keys={!choice.held} href={messageHref(id, chosen)} onClose={() => setSearch({ id: null })} onAct={(act) => (act === "edit" ? setAsked({ act, id }) : setAsked({ act, selection: { by: "ids", ids: [id] } }))} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHeader title={t("title")} />
      <StateStrip chosen={chosen} filter={filter} onStates={setStates} />
      <FilterBar chosen={chosen} onFilter={(next) => setSearch(filterPatch(next))} />
      <SplitPane name="messages" label={t("pane")} pane={pane}>
        {choice.held && <ChoiceBar choice={choice} rows={list.rows} states={filter.state ?? []} counts={counts} onAct={ask} />}
        <NewerBar list={list} />
        {list.error !== null && list.rows.length === 0 ? (
          <ErrorState title={t("listFailed")} safe={t("listFailedSafe")} detail={refusalOf(list.error)?.message} onRetry={list.show} retrying={list.fetching} />
        ) : (
          <Table
            label={t("title")}
            columns={columns}
            rows={list.rows}
            rowKey={(row) => row.id}
            rowLabel={rowName}
            openKey={id}
            onOpen={preview}
            onCursor={(row) => setSearch({ id: row.id })}
            selection={choice.rows}
            onSelectionChange={choice.change}
            sort={{ column: "age", direction: address.order === "newest" ? "descending" : "ascending" }}
            onSort={() => setSearch({ order: address.order === "newest" ? "oldest" : null, after: null })}
            arrived={list.arrived}
            loadingRows={list.loading ? 14 : 0}
            empty={!list.partial && <ListEmpty chosen={chosen} onClear={() => setSearch(filterPatch({}))} />}
            className="flex-1"
          />
        )}
        <ListPager list={list} address={address} counts={counts} onAfter={(after) => setSearch({ after: after === null ? null : String(after) })} />
      </SplitPane>
      {asked?.act === "edit" && <EditDialog messageId={asked.id} onClose={() => setAsked(null)} />}
      {asked !== null && asked.act !== "edit" && (
        <OrderDialog act={asked.act} selection={asked.selection} onClose={() => setAsked(null)} onOrdered={choice.clear} />
      )}
    </div>
  );
}
