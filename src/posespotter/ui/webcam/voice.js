// What is said aloud, by the browser's own voice. Without one it is silent.

/** Say a few words, in place of what is being said. */
export function say(words) {
  if (!window.speechSynthesis) return;
  speechSynthesis.cancel(); // a count that comes late is worth nothing
  const spoken = new SpeechSynthesisUtterance(words);
  spoken.lang = "en";
  speechSynthesis.speak(spoken);
}
