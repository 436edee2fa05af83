import { z } from "zod";

export const connectionName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/, "must be 1 to 63 letters, digits, spaces, dots, dashes or underscores");
