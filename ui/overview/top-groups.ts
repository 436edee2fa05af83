/** How many failure groups the overview shows. */
export const TOP_GROUPS = 8;
