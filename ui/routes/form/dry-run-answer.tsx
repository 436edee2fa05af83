"use client";

import { useTranslations } from "use-intl";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import { BrokerText } from "../../kit/broker-text.tsx";
import { Bytes } from "../../kit/num.tsx";
import { Details, type Detail } from "../../kit/page.tsx";
import { visibleText } from "../../kit/visible-text.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import type { Outputs } from "../../trpc/outputs.ts";
import { BytesView } from "../bytes-view.tsx";
import { Span } from "../retry-schedule.tsx";

type Answer = Outputs["routes"]["dryRun"];
type Text = NonNullable<Answer["request"]>["url"];

/** What would be sent, under which keys, and what would follow from the supposed answer. */
export function DryRunAnswer({ answer }: { answer: Answer }) {
  const t = useTranslations("routes");
  const { request, decision, guardKey, orderKey } = answer;
  const key = (of: Answer["guardKey"]): Detail["value"] =>
    of.key === null ? (
      <span className="text-amber">{t("dryRun.noKey")}</span>
    ) : (
      <BrokerText mono max={200}>
        {of.key}
      </BrokerText>
    );
  return (
    <div role="status" className="grid gap-3 border-t pt-3">
      <Details
        items={[
          ...(request === null ? [{ label: t("dryRun.sends"), value: t("dryRun.asItIs") }] : [{ label: t("form.url"), value: <Filled text={request.url} /> }]),
          ...(guardKey.asked ? [{ label: t("delivery.guardKey"), value: key(guardKey) }] : []),
          ...(orderKey.asked ? [{ label: t("delivery.orderKey"), value: key(orderKey) }] : []),
          { label: t("dryRun.then"), value: <Then decision={decision} /> },
          ...(decision.decidedBy === null ? [] : [{ label: t("detail.decidedBy"), value: <code className="font-mono">{visibleText(decision.decidedBy, 120)}</code> }]),
        ]}
      />
      {request !== null && request.headers.length > 0 && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 font-mono text-sm">
          {request.headers.map(({ name, value }, at) => (
            <div key={at} className="contents">
              <dt className="text-muted">{visibleText(name, 100)}</dt>
              <dd className="min-w-0 break-words">
                <Filled text={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {request !== null && <Body body={request.body} />}
    </div>
  );
}

function Filled({ text }: { text: Text }) {
  if ("problem" in text) return <span className="text-red">{visibleText(text.problem, 300)}</span>;
  return (
    <BrokerText mono max={1_000} className="break-all">
      {text.value}
    </BrokerText>
  );
}

function Body({ body }: { body: NonNullable<Answer["request"]>["body"] }) {
  const t = useTranslations("routes");
  if ("problem" in body) return <p className="text-red">{visibleText(body.problem, 300)}</p>;
  const { base64, size, cut } = body.value;
  if (size === 0) return <p className="text-muted">{t("content.empty")}</p>;
  return (
    <BytesView
      bytes={bytesOfBase64(base64) ?? new Uint8Array()}
      contentType={null}
      label={t("dryRun.sentBody")}
      info={
        <>
          <Bytes value={size} />
          {cut && <> · {t("content.cut")}</>}
        </>
      }
    />
  );
}

function Then({ decision }: { decision: Answer["decision"] }) {
  const t = useTranslations("routes");
  return (
    <span className="flex flex-wrap items-center gap-2">
      <StateBadge state={decision.to} look="bare" />
      {decision.to === "retrying" && (
        <span className="text-muted">
          {t("dryRun.after")} <Span ms={decision.delayMs} />
        </span>
      )}
      {decision.to === "dead" && <span className="text-muted">{t(`deadCause.${decision.cause}`)}</span>}
    </span>
  );
}
