// A few short sounds, made on the spot.

const TUNES = {
  count: [[880, 0, 0.09]],
  target: [[1175, 0, 0.07], [1568, 0.08, 0.1]],
  alarm: [[660, 0, 0.25], [440, 0.28, 0.25], [660, 0.56, 0.25], [440, 0.84, 0.4]],
};

let context;

/** Play one of `TUNES`. The click that started the camera lets the browser make sounds. */
export function chime(name) {
  context ??= new AudioContext();
  for (const [hertz, from, length] of TUNES[name]) {
    const start = context.currentTime + from;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.2, start + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + length);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + length);
  }
}
