"use client";

import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import { describe } from "#core/message/payload.ts";
import { Button } from "../kit/button.tsx";
import { CodeView } from "../kit/code/code-view.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { BodyLook, DownloadLink, looksOf, Note, usualLook, type Look } from "./body-looks.tsx";
import { StepLine, useProblemText } from "./step-line.tsx";
import type { useDecoded } from "./use-decoded.ts";

type Props = { decoded: ReturnType<typeof useDecoded>; info: ReactNode; href: string };

/** What is under the layers of a body, which layers those were, and why it goes no further if it does not. */
export function DecodedView({ decoded, info, href }: Props) {
  const t = useTranslations("messages");
  const problemText = useProblemText();
  const { data, isError, isFetching, refetch } = decoded.query;
  if (isError) return <ErrorState title={t("decoded.failed")} safe={t("payload.failedSafe")} onRetry={() => void refetch()} retrying={isFetching} />;
  if (data === undefined) return null;
  if (data.content === null) return <EmptyState title={t("decoded.nothing")}>{t("decoded.nothingHelp")}</EmptyState>;
  const { steps, content, problem, missing } = data;
  const whole = problem === null && !content.cut;
  const actions = problem === null && <DownloadLink href={href}>{t("decoded.download")}</DownloadLink>;
  return (
    <>
      <StepLine steps={steps} failed={problem?.step ?? null} />
      {problem !== null && missing === null && <Note>{problemText(problem, steps)}</Note>}
      {missing !== null && <MissingSchema missing={missing} asking={decoded.asking} onAsk={decoded.ask} />}
      {content.cut && problem === null && <Note>{t("decoded.cut")}</Note>}
      {content.form === "notation" ? (
        <CodeView text={content.text} language="json" label={t("decoded.look")} info={info} actions={actions} className="min-h-0 flex-1" />
      ) : (
        <Inner base64={content.base64} cut={!whole} info={info} actions={actions} />
      )}
    </>
  );
}

/** Bytes under the last layer, as JSON, text or hex. */
function Inner({ base64, cut, info, actions }: { base64: string; cut: boolean; info: ReactNode; actions: ReactNode }) {
  const t = useTranslations("messages");
  const [chosen, setChosen] = useState<Look | null>(null);
  const bytes = bytesOfBase64(base64) ?? new Uint8Array();
  if (bytes.length === 0 && cut) return null;
  // one byte less: the description then knows that there is more
  const view = describe(bytes, null, { maxBytes: cut && bytes.length > 1 ? bytes.length - 1 : bytes.length });
  const looks = looksOf(view);
  const look = chosen !== null && looks.includes(chosen) ? chosen : usualLook(view);
  return (
    <>
      {looks.length > 1 && (
        <div>
          <Segmented label={t("decoded.innerLook")} value={look} onChange={setChosen} options={looks.map((value) => ({ value, label: t(`payload.${value}`) }))} />
        </div>
      )}
      <BodyLook bytes={bytes} view={view} look={look} info={info} actions={actions} />
    </>
  );
}

type MissingProps = {
  missing: NonNullable<NonNullable<Props["decoded"]["query"]["data"]>["missing"]>;
  asking: boolean;
  onAsk: () => void;
};

function MissingSchema({ missing: { schemaId, registry, wish }, asking, onAsk }: MissingProps) {
  const t = useTranslations("messages");
  if (!registry) return <Note>{t("decoded.noRegistry")}</Note>;
  if (asking || wish === null) {
    return (
      <p role="status" className="text-sm text-muted">
        {t("decoded.fetching", { id: String(schemaId) })}
      </p>
    );
  }
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">
        <Note>{t("decoded.schemaFault", { id: String(schemaId), detail: visibleText(wish.faultDetail ?? wish.faultCode ?? "", 300) })}</Note>
      </div>
      <Button size="sm" onClick={onAsk}>
        {t("decoded.askAgain")}
      </Button>
    </div>
  );
}
