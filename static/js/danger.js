// Shows whom to call as soon as the words of a request, or of a message, speak of danger. Nothing that is typed leaves the browser for it: the
// vocabulary comes here once (static/data/danger.json), and is listened for here. Without this file the same lines stand on the next page.
//
// The first half is danger/text.py, concepts.py, linear.py and assess.py in JavaScript: tests/danger/test_browser.py compares the two over
// the whole collection. `globalThis.dangerListener(data)` returns a function of a text: {level, signs: {code: level}}.
(() => {
  "use strict";
  // --- danger/text.py
  const LONGEST_TEXT = 12000;
  const LONGEST_SENTENCE = 40;
  const STEP = 28;
  const APOSTROPHES = /['’‘`´ʼ′‛ʹ＇]/g;
  const OD = /(?<![a-z])od['’‘`´ʼ′‛ʹ＇]d(?![a-z])/g;
  const BABY = /(?<![a-z])bebé(s?)(?![a-z])/g;
  const LETTERS_APART = /(?<![a-z0-9])[a-z](?:[.*_-][a-z](?![a-z0-9]))+\.?|(?<![a-z0-9])[a-z](?: [a-z](?![a-z0-9])){3,}/g;
  const END = /[.!?;¿¡]+(?=[ \t\n\r]|$)|[?!;¿¡]+|\n+/;
  const SOUNDS = [
    [/ch/g, "C"],
    [/qu(?=[ei])/g, "k"],
    [/gu(?=[ei])/g, "g"],
    [/g(?=[ei])/g, "j"],
    [/c(?=[ei])/g, "s"],
    [/c/g, "k"],
    [/z/g, "s"],
    [/x/g, "s"],
    [/v/g, "b"],
    [/ll/g, "y"],
    [/h/g, ""],
    [/n(?=[bp])/g, "m"],
    [/([a-zC])\1+/g, "$1"],
  ];

  const fold = (text) => {
    let folded = text.length > LONGEST_TEXT ? [...text].slice(0, LONGEST_TEXT).join("") : text;
    folded = folded.toLowerCase().normalize("NFC").replace(BABY, "bebito$1").replace(OD, "overdosed").replace(APOSTROPHES, "");
    folded = folded.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "").toLowerCase();
    folded = folded.replace(LETTERS_APART, (hit) => hit.replace(/[^a-z]/g, ""));
    return folded.replace(/([a-z])\1{2,}/g, (_hit, letter) => ("ls".includes(letter) ? letter + letter : letter));
  };

  const sentencesOf = (text) => {
    const pieces = [];
    for (const part of fold(text).split(END)) {
      const words = [];
      const breaks = [];
      for (const token of part.match(/[a-z0-9]+|[,:()]/g) ?? []) {
        if (/[a-z0-9]/.test(token)) words.push(token);
        else breaks.push(words.length);
      }
      for (let start = 0; start < Math.max(words.length - LONGEST_SENTENCE + STEP, 1); start += STEP) {
        const cut = words.slice(start, start + LONGEST_SENTENCE);
        const inside = breaks.filter((at) => start < at && at < start + cut.length).map((at) => at - start);
        if (cut.length) pieces.push({ words: cut, breaks: new Set(inside) });
      }
    }
    return pieces;
  };

  const joined = (one, two) => {
    const length = one.words.length;
    return { words: [...one.words, ...two.words], breaks: new Set([...one.breaks, length, ...[...two.breaks].map((at) => length + at)]) };
  };

  const sounding = { en: (word) => word, es: (word) => SOUNDS.reduce((sound, [pattern, by]) => sound.replace(pattern, by), word) };

  // --- danger/concepts.py
  const GAP = "…";
  const MOST_BETWEEN = 2;
  const WINDOW = 12;
  const CLOSE = 3;
  const NUMBERS = new Set(
    (
      "one two three four five six seven eight nine ten eleven twelve couple few several " +
      "un una dos tres cuatro cinco seis siete ocho nueve dies once dose unos unas barios barias diez doce varios varias"
    ).split(" "),
  );
  const isNumber = (word) => /^[0-9]+$/.test(word);
  const CLASSES = {
    "#n": (word) => isNumber(word) || NUMBERS.has(word),
    "#many": (word) => isNumber(word) && 10 <= Number(word.slice(0, 4)) && Number(word.slice(0, 4)) < 1000,
    "#minor": (word) => isNumber(word) && word.length < 3 && 8 <= Number(word) && Number(word) < 18,
    "#year": (word) => word.length === 4 && isNumber(word) && ["19", "20"].includes(word.slice(0, 2)),
  };

  const parseRule = (code, level, text, named) => {
    const rule = { code, level, slots: [], window: WINDOW, unless: [], guarded: named, overTwo: false, inGrief: false };
    let order = "";
    for (const part of text.split(/ +/)) {
      if (part === ">" || part === ">>") order = part;
      else if (part[0] === "/") rule.window = Number(part.slice(1));
      else if (part[0] === "!") rule.unless.push(part.slice(1));
      else if (part === "?") rule.guarded = true;
      else if (part === "&") rule.overTwo = true;
      else if (part === "~") rule.inGrief = true;
      else {
        rule.slots.push([part.split("|"), order]);
        order = "";
      }
    }
    return rule;
  };

  // The number of changes between two words (letters left out, put in, another, or swapped).
  const distance = (one, two) => {
    let before = [];
    let last = Array.from({ length: two.length + 1 }, (_none, at) => at);
    for (let i = 1; i <= one.length; i++) {
      const now = [i];
      for (let j = 1; j <= two.length; j++) {
        const same = one[i - 1] === two[j - 1] ? 0 : 1;
        now[j] = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + same);
        if (i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1]) now[j] = Math.min(now[j], before[j - 2] + 1);
      }
      [before, last] = [last, now];
    }
    return last[two.length];
  };

  const add = (map, key, value) => (map.get(key) ?? map.set(key, []).get(key)).push(value);

  // "cant|wont wake" is two phrases.
  const spelt = (phrase) =>
    phrase.split(" ").reduce((begun, word) => begun.flatMap((words) => word.split("|").map((other) => [...words, other])), [
      []
    ]);

  const grammarOf = (language, data) => {
    const sound = sounding[language] ?? sounding.en;
    const index = { word: new Map(), pair: new Map(), stem: new Map(), class: new Map() };
    const isPlain = (word) => word[0] !== "#" && !word.endsWith("*") && word !== GAP;
    const listed = new Set();
    const alone = new Set();
    const heard = (word) => (word[0] === "#" || word === GAP ? word : word.endsWith("*") ? `${sound(word.slice(0, -1))}*` : sound(word));
    for (const [concept, phrases] of Object.entries(data.concepts)) {
      for (const text of phrases.split(",").flatMap(spelt)) {
        const words = text.map(heard);
        for (const word of words)
          if (isPlain(word)) listed.add(word);
        if (words.length === 1 && isPlain(words[0])) alone.add(words[0]);
        if (words.length > 1 && isPlain(words[0]) && isPlain(words[1])) {
          add(index.pair, `${words[0]} ${words[1]}`, { words, concept });
          continue;
        }
        const kind = words[0][0] === "#" ? "class" : words[0].endsWith("*") ? "stem" : "word";
        add(index[kind], words[0].replace(/\*$/, ""), { words, concept });
      }
    }
    const near = new Map();
    for (const word of [...alone].sort())
      if (word.length >= 6) add(near, word[0] + word.length, word);
    const rules = Object.entries(data.signs).flatMap(([code, sign]) => [
      ["alarm", "alarm"],
      ["look", "look"],
      ["named", sign.level],
      ["mention", "mention"],
    ].flatMap(([kind, level]) => (sign[kind] ?? []).map((text) => parseRule(code, level, text, kind === "named"))), );
    const stemLengths = [...new Set([...index.stem.keys()].map((stem) => stem.length))].sort((one, two) => one - two);
    return { sound, index, listed, near, rules, stemLengths, ordinary: new Set(data.ordinary.split(" ")) };
  };

  const meant = (grammar, word) => {
    const stemmed = () => grammar.stemLengths.some((length) => length <= word.length && grammar.index.stem.has(word.slice(0, length)));
    if (word.length < 6 || grammar.listed.has(word) || grammar.ordinary.has(word) || stemmed()) return [word];
    const most = word.length >= 9 ? 2 : 1;
    const found = [word];
    for (let length = word.length - most; length <= word.length + most; length++)
      found.push(...(grammar.near.get(word[0] + length) ?? []).filter((other) => distance(word, other) <= most));
    return found;
  };

  const find = (grammar, words) => {
    const plain = words.map((word) => grammar.sound(word) || word);
    const may = plain.map((word) => meant(grammar, word));
    const is = (word, at) =>
      word[0] === "#" ? CLASSES[word](plain[at]) : word.endsWith("*") ? plain[at].startsWith(word.slice(0, -1)) : may[at].includes(word);
    const endOf = (phrase, from, at) => {
      for (let place = from; place < phrase.length; place++) {
        if (phrase[place] === GAP) {
          for (let skipped = 0; skipped <= MOST_BETWEEN; skipped++) {
            const end = endOf(phrase, place + 1, at + skipped);
            if (end) return end;
          }
          return 0;
        }
        if (at >= plain.length || !is(phrase[place], at)) return 0;
        at += 1;
      }
      return at;
    };
    const found = new Map();
    plain.forEach((word, at) => {
      const entries = may[at].flatMap((one) => grammar.index.word.get(one) ?? []);
      for (const one of may[at])
        for (const two of may[at + 1] ?? []) entries.push(...(grammar.index.pair.get(`${one} ${two}`) ?? []));
      for (const length of grammar.stemLengths)
        if (length <= word.length) entries.push(...(grammar.index.stem.get(word.slice(0, length)) ?? []));
      for (const [name, phrases] of grammar.index.class)
        if (CLASSES[name](word)) entries.push(...phrases);
      for (const { words: phrase, concept } of entries) {
        const end = endOf(phrase, 1, at + 1);
        if (end) add(found, concept, [at, end]);
      }
    });
    return found;
  };

  const placesOf = (rule, found) => {
    const slots = [];
    for (const [names, order] of rule.slots) {
      const places = names.flatMap((name) => found.get(name) ?? []);
      if (!places.length) return null;
      slots.push([places.sort((one, two) => one[0] - two[0] || one[1] - two[1]), order]);
    }
    if (rule.unless.some((name) => found.has(name))) return null;
    const anchors = [...new Set(slots.flatMap(([places]) => places.map(([start]) => start)))].sort((one, two) => one - two);
    for (const anchor of anchors) {
      const taken = [];
      const fits = slots.every(([places, order]) => {
        const last = taken.at(-1);
        const place = places.find(
          ([start]) =>
          anchor <= start &&
          start <= anchor + rule.window &&
          !taken.some(([other]) => other === start) &&
          !(order && last && (start < last[1] || (order === ">>" && start > last[1] + CLOSE))),
        );
        if (place) taken.push(place);
        return place;
      });
      if (fits) return taken;
    }
    return null;
  };

  // --- danger/linear.py
  const BUCKETS = 8192;
  const SHORTEST = 4;
  const CRC = Uint32Array.from({ length: 256 }, (_none, number) => {
    for (let bit = 0; bit < 8; bit++) number = number & 1 ? (number >>> 1) ^ 0xedb88320 : number >>> 1;
    return number;
  });
  const bucketOf = (text) => {
    let crc = -1;
    for (let at = 0; at < text.length; at++) crc = (crc >>> 8) ^ CRC[(crc ^ text.charCodeAt(at)) & 255];
    return ((crc ^ -1) >>> 0) % BUCKETS;
  };
  const scoreOf = (known, words) => {
    if (words.length < SHORTEST) return 0;
    const plain = words.map((word) => (isNumber(word) ? "0" : word));
    const buckets = new Set();
    plain.forEach((word, at) => {
      buckets.add(bucketOf(`w${word}`));
      if (at + 1 < plain.length) buckets.add(bucketOf(`b${word} ${plain[at + 1]}`));
      if (at + 2 < plain.length) buckets.add(bucketOf(`s${word} ${plain[at + 2]}`));
      const edged = `<${word}>`;
      for (const length of [3, 4, 5])
        for (let start = 0; start + length <= edged.length; start++) buckets.add(bucketOf(`c${edged.slice(start, start + length)}`));
    });
    let total = 0;
    for (const bucket of buckets) total += known.values[bucket];
    return 1 / (1 + Math.exp(-(known.bias + (known.scale * total) / Math.sqrt(buckets.size))));
  };

  // --- danger/guards.py
  const GUARDS = [
    ...["PAST", "NOW", "INTENT", "RENEWED", "WELL", "DIED", "TALK", "TITLE", "ASKING", "JOKE"],
    ...["DENY", "UNSURE", "NOINTENT", "SELFHARM", "DOUBT", "SEEKS", "CALM"],
  ];
  const BESIDE = 2;
  const LONGEST_SUBJECT = 5;
  const NEAR = 5;
  const BUT = new Set(["but", "pero", "sino", "aunque"]);

  const between = ([oneStart, oneEnd], [start, end]) => Math.max(oneStart - end, start - oneEnd, 0);
  const nearest = (places, others) => Math.min(...places.flatMap((place) => others.map((other) => between(place, other))));
  const placesIn = (guards, name) => guards.get(name) ?? [];
  const breaksIn = (sentence, start, end) => [...sentence.breaks].some((at) => start <= at && at < end);

  const guardsOf = (found) => {
    const guards = new Map();
    for (const name of GUARDS) {
      const places = found.flatMap((each) => each.get(name) ?? []);
      if (places.length) guards.set(name, places);
    }
    return guards;
  };

  const isDoubtful = (guards) => {
    if (guards.has("RENEWED")) return true;
    return placesIn(guards, "DOUBT").some((doubt) => !placesIn(guards, "SEEKS").some((seek) => between(doubt, seek) === 0));
  };

  const settled = (guards, doubtful, renewed) => {
    const well = doubtful ? [] : placesIn(guards, "WELL");
    const now = placesIn(guards, "NOW").filter((place) => well.every((other) => between(place, other) > BESIDE));
    now.push(...placesIn(guards, "INTENT"));
    const kept = new Map(guards);
    const undone = ["NOW", ...(guards.has("UNSURE") ? ["DENY", "NOINTENT"] : []), ...(renewed ? ["PAST"] : [])];
    for (const name of undone) kept.delete(name);
    if (now.length) kept.set("NOW", now);
    return kept;
  };

  const isOver = (places, guards) => {
    if (!guards.has("PAST") || !guards.has("NOW")) return false;
    const over = nearest(places, guards.get("PAST"));
    return over <= BESIDE && over < nearest(places, guards.get("NOW"));
  };

  const titledWords = (guards, sentence) => placesIn(guards, "TITLE").map(([, end]) => end).filter((end) => !sentence.breaks.has(end));

  const deniedIntent = (guards, sentence, doubtful) => {
    const denied = { words: new Set(), clause: new Set(), holds: !doubtful };
    for (const [start, end] of placesIn(guards, "NOINTENT")) {
      const ends = placesIn(guards, "SELFHARM").filter(([act]) => act === end).map(([, after]) => after);
      if (ends.length) {
        const after = Math.max(...ends);
        if (breaksIn(sentence, start + 1, end + 1)) continue;
        const begin = Math.max(0, ...[...sentence.breaks].filter((at) => at <= start));
        for (let at = start; at < after; at++) denied.words.add(at);
        for (let at = start - begin <= LONGEST_SUBJECT ? begin : start; at < after; at++) denied.clause.add(at);
        const closelyBefore = (other) => 0 <= start - other[1] && start - other[1] <= BESIDE && !breaksIn(sentence, other[1], start + 1);
        const twice = placesIn(guards, "DENY").some(closelyBefore);
        const others = placesIn(guards, "NOW").filter((now) => !(start <= now[0] && now[1] <= after));
        const beside = others.some((now) => between([start, after], now) <= 1);
        const calm = placesIn(guards, "CALM").some(([at]) => at >= after);
        denied.holds &&= !twice && !beside && (after === sentence.words.length || (calm && sentence.breaks.has(after)));
      }
    }
    return denied;
  };

  const without = (found, starts) => {
    if (!starts.size) return found;
    const kept = new Map();
    for (const [name, places] of found) {
      const left = places.filter(([start]) => !starts.has(start));
      if (left.length) kept.set(name, left);
    }
    return kept;
  };

  const affirmedPlaces = (found, guards, sentence, intent) => {
    const denied = new Set();
    for (const [, end] of placesIn(guards, "DENY")) {
      for (let at = end; at < Math.min(end + NEAR, sentence.words.length); at++) {
        if (sentence.breaks.has(at) || BUT.has(sentence.words[at])) break;
        if (!intent.words.has(at)) denied.add(at);
      }
    }
    return without(found, denied);
  };

  // --- danger/assess.py
  const LEVELS = ["none", "mention", "look", "alarm"];
  const LONGEST_PAIR = 26;

  const foundInBoth = (first, second, by) => {
    const both = new Map([...first].map(([name, places]) => [name, [...places]]));
    for (const [name, places] of second)
      for (const [start, end] of places) add(both, name, [start + by, end + by]);
    return both;
  };

  globalThis.dangerListener = (data) => {
    const grammars = Object.entries(data.grammars).map(([language, content]) => grammarOf(language, content));
    const values = Int8Array.from(atob(data.linear.weights), (letter) => letter.charCodeAt(0));
    const known = { ...data.linear, values };

    const heard = (sentence, found, own, near, pair, hits) => {
      const doubtful = near.some(isDoubtful);
      const guards = settled(
        own,
        doubtful,
        near.some((each) => each.has("RENEWED")),
      );
      const whole = guards.has("DIED") ? "died" : guards.has("PAST") && !guards.has("NOW") ? "past" : "";
      const topic = ["TALK", "JOKE", "ASKING"].some((name) => guards.has(name));
      const intent = deniedIntent(guards, sentence, doubtful);
      const unsaid = new Set([...titledWords(guards, sentence), ...(intent.holds ? intent.words : [])]);
      let named = false;
      let talk = false;
      grammars.forEach((grammar, number) => {
        const stated = without(found[number], unsaid);
        const affirmed = affirmedPlaces(stated, guards, sentence, intent);
        for (const rule of grammar.rules) {
          if (pair && !rule.overTwo) continue;
          const places = placesOf(rule, found[number]);
          if (!places) continue;
          let reason = whole && !(whole === "died" && rule.inGrief) ? whole : "";
          let kept = places;
          if (!reason && unsaid.size) {
            kept = placesOf(rule, stated);
            if (!kept) reason = places.some(([start]) => intent.words.has(start)) ? "denied" : "talk";
          }
          if (!reason) {
            let left = stated;
            while (kept && isOver(kept, guards)) {
              left = without(left, new Set(kept.map(([start]) => start)));
              kept = placesOf(rule, left);
            }
            if (!kept) reason = "past";
          }
          if (!reason && rule.guarded) reason = topic ? "talk" : placesOf(rule, affirmed) ? "" : "denied";
          const level = reason ? 1 : LEVELS.indexOf(rule.level);
          hits.push([rule.code, level]);
          named ||= level >= 2;
          talk ||= reason === "talk";
        }
      });
      if (!pair && !named && !whole && !talk && !guards.has("TALK") && !guards.has("ASKING")) {
        const score = scoreOf(
          known,
          sentence.words.filter((_word, at) => !intent.holds || !intent.clause.has(at)),
        );
        if (score >= known.look) hits.push(["unclear", score >= known.alarm ? 3 : 2]);
      }
    };

    return (text) => {
      const read = [...new Map(sentencesOf(text).map((sentence) => [`${sentence.words}|${[...sentence.breaks]}`, sentence])).values()];
      const hits = [];
      const found = read.map((sentence) => grammars.map((grammar) => find(grammar, sentence.words)));
      const guards = found.map(guardsOf);
      read.forEach((sentence, number) => {
        heard(sentence, found[number], guards[number], guards.slice(Math.max(number - 1, 0), number + 2), false, hits);
        const next = read[number + 1];
        if (!next || sentence.words.length + next.words.length > LONGEST_PAIR) return;
        const both = found[number].map((each, at) => foundInBoth(each, found[number + 1][at], sentence.words.length));
        heard(joined(sentence, next), both, guardsOf(both), guards.slice(Math.max(number - 1, 0), number + 3), true, hits);
      });
      const gravest = {};
      for (const [code, level] of hits) gravest[code] = Math.max(gravest[code] ?? 0, level);
      const { unclear = 0, ...named } = gravest;
      if (Object.values(named).some((level) => level >= 2 && level >= unclear)) delete gravest.unclear;
      return { level: Math.max(0, ...Object.values(gravest)), signs: gravest };
    };
  };

  // --- The form
  const box = document.querySelector("[data-danger-vocabulary]");
  const form = box?.closest("form");
  if (!form) return;
  const PAUSE = 400; // milliseconds without a key before the words are looked at
  const fields = ["message", "other_notes", "text"].map((name) => form.elements[name]).filter((field) => field);
  let listener = null;
  let timer = 0;

  const load = async () => {
    const answer = await fetch(box.dataset.dangerVocabulary, { credentials: "omit" });
    listener = globalThis.dangerListener(await answer.json());
  };

  const look = async () => {
    try {
      if (!listener) await load();
    } catch {
      return; // no network just now: the next page says it
    }
    const { signs } = listener(fields.map((field) => field.value).join("\n"));
    const lines = [...box.querySelectorAll("[data-danger]")];
    for (const line of lines) line.hidden = !(signs[line.dataset.danger] >= 2);
    box.hidden = lines.every((line) => line.hidden);
  };

  for (const field of fields) {
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
  }
})();
