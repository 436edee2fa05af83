const TONES = ["red", "amber", "green", "teal", "blue", "violet", "grey"] as const;
/** A colour with a meaning; its three shades (text, soft, solid) are tokens in app/globals.css. */
export type Tone = (typeof TONES)[number];

/** Coloured text on its own soft ground. */
export const softTone: Record<Tone, string> = {
  red: "bg-red-soft text-red",
  amber: "bg-amber-soft text-amber",
  green: "bg-green-soft text-green",
  teal: "bg-teal-soft text-teal",
  blue: "bg-blue-soft text-blue",
  violet: "bg-violet-soft text-violet",
  grey: "bg-grey-soft text-grey",
};

/** Coloured text on the page's ground. */
export const textTone: Record<Tone, string> = {
  red: "text-red",
  amber: "text-amber",
  green: "text-green",
  teal: "text-teal",
  blue: "text-blue",
  violet: "text-violet",
  grey: "text-grey",
};

/** White text on the full colour. */
export const solidTone: Record<Tone, string> = {
  red: "bg-red-solid text-on-solid",
  amber: "bg-amber-solid text-on-solid",
  green: "bg-green-solid text-on-solid",
  teal: "bg-teal-solid text-on-solid",
  blue: "bg-blue-solid text-on-solid",
  violet: "bg-violet-solid text-on-solid",
  grey: "bg-grey-solid text-on-solid",
};
