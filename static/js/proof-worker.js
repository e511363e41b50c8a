// Finds the number that, appended to the salt, has the given SHA-256. Runs in a worker, so that typing stays smooth.
"use strict";

const BATCH = 500;

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

const solve = async ({ algorithm, challenge, maxnumber, salt }) => {
  const encoder = new TextEncoder();
  for (let first = 0; first <= maxnumber; first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, place) => first + place);
    const digests = await Promise.all(numbers.map((number) => crypto.subtle.digest(algorithm, encoder.encode(salt + number))));
    const place = digests.findIndex((digest) => hex(digest) === challenge);
    if (place >= 0) return numbers[place];
  }
  return null;
};

addEventListener("message", async ({ data }) => {
  // Respond even if nothing is found, so that the page doesn't wait for ever.
  const number = await solve(data).catch(() => null);
  const { algorithm, challenge, salt, signature } = data;
  postMessage(number === null ? "" : btoa(JSON.stringify({ algorithm, challenge, number, salt, signature })));
});
