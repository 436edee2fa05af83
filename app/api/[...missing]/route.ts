const missing = (): Response =>
  Response.json({ message: "There is nothing here." }, { status: 404, headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" } });

// an unknown address of the API is answered as one, not with a page
export { missing as DELETE, missing as GET, missing as HEAD, missing as PATCH, missing as POST, missing as PUT };
