import { tracked, TRPCError } from "@trpc/server";
import { z } from "zod";
import { live } from "../live.ts";
import { router, viewerProcedure } from "../trpc.ts";

export const liveRouter = router({
  /** The one stream of a tab. It carries what changed, not the data: queries stay the truth. */
  changes: viewerProcedure
    .input(z.object({ lastEventId: z.string().nullish() }).optional())
    .subscription(async function* ({ signal, ctx }) {
      const stop = AbortSignal.any([signal, ctx.signal].filter((each) => each !== undefined));
      for await (const event of live(stop)) yield tracked(event.at, event);
      // said aloud, so that the tab leaves instead of waiting for news that will not come
      if (ctx.signal?.aborted) throw new TRPCError({ code: "UNAUTHORIZED", message: "Your session has ended." });
    }),
});
