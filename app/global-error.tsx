"use client";

import "./globals.css";

/** The root layout itself failed, so there are no translations, no theme and no kit to stand on. */
export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body className="grid min-h-dvh place-items-center bg-canvas font-sans text-ink">
        <title>Redrive</title>
        <main className="grid max-w-md justify-items-center gap-3 p-6 text-center">
          <h1 className="text-lg font-semibold">Redrive could not draw this page</h1>
          <p className="text-muted">
            No message was lost or sent by this. Try again; if it stays, look at the log of the web process.
          </p>
          <p lang="zh-CN" className="text-muted">
            没有消息因此丢失或被发送。请重试；如果问题依旧，请查看 Web 进程的日志。
          </p>
          <button
            type="button"
            onClick={retry}
            className="h-8 rounded border border-line-strong px-3 font-medium hover:bg-hover"
          >
            Try again / 重试
          </button>
        </main>
      </body>
    </html>
  );
}
