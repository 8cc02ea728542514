// Skeletons over the picture, in the colours and widths of PoseSpotter's overlay videos (drawing/overlay.py).

const COLOURS = { left: "rgb(56, 178, 255)", right: "rgb(255, 140, 20)", middle: "rgb(245, 245, 245)" };
const OUTLINE = "rgb(18, 22, 28)";
const ALARM = "rgb(225, 28, 48)";
const SCORE_LIMIT = 0.3;
const DETAILS = new Set(["inner", "outer", "mouth", "pinky", "index", "thumb"]);
const DETAILS_FROM_PX = 240;
const FINE = new Set(["nose", "eye", "ear", "mouth", "heel", "toe", "foot"]);
const STATE_WORDS = { falling: "falling", down: "on the floor" };

/** What of a skeleton is drawn how, from the server's `ready` message. */
export function plan({ keypoints, limbs, sides }) {
  const words = keypoints.map((name) => name.split("_"));
  const detail = words.map((parts) => parts.some((word) => DETAILS.has(word)) && !parts.includes("foot"));
  const fine = words.map((parts, i) => detail[i] || parts.some((word) => FINE.has(word)));
  const sideOfLimb = ([a, b]) => {
    if (sides[a] === sides[b]) return sides[a];
    if (sides[a] === "middle") return sides[b];
    return sides[b] === "middle" ? sides[a] : "middle";
  };
  return {
    joints: sides.map((side, i) => ({ side, fine: fine[i], detail: detail[i] })),
    limbs: limbs.map(([a, b]) => ({
      ends: [a, b],
      side: sideOfLimb([a, b]),
      fine: fine[a] || fine[b],
      detail: detail[a] || detail[b],
    })),
  };
}

/**
 * Draw people.
 * @param {CanvasRenderingContext2D} context of a canvas as large as the picture shown
 * @param {object} skeleton from `plan`
 * @param {object[]} people as the server sends them
 * @param {object} view scale: canvas px for each px of the picture that was sent; mirrored; width of the canvas
 */
export function drawPeople(context, skeleton, people, view) {
  const size = ({ box }) => Math.max(box[2] - box[0], box[3] - box[1]) * view.scale;
  const ordered = [...people].sort((one, other) => size(one) - size(other));
  context.lineCap = "round";
  for (const person of ordered) drawPerson(context, skeleton, person, size(person), view);
  for (const person of ordered) drawLabel(context, person, view);
}

function place([x, y], { scale, mirrored, width }) {
  return [mirrored ? width - x * scale : x * scale, y * scale];
}

function drawPerson(context, skeleton, person, sizePx, view) {
  const shorter = Math.min(context.canvas.width, context.canvas.height);
  const line = Math.min(Math.max(sizePx * 0.012, 1), Math.max(2, shorter / 110));
  const edge = Math.max(1, line * 0.3);
  const details = sizePx >= DETAILS_FROM_PX;
  const seen = person.points.map((point) => (point && point[2] >= SCORE_LIMIT ? place(point, view) : null));
  const limbs = skeleton.limbs.filter(({ ends: [a, b], detail }) => seen[a] && seen[b] && (details || !detail));
  const joints = skeleton.joints
    .map((joint, i) => ({ ...joint, at: seen[i] }))
    .filter(({ at, detail }) => at && (details || !detail));
  const limbWidth = ({ fine }) => (fine ? Math.max(1, line * 0.5) : line);
  const dotWidth = ({ fine }) => (fine ? line * 0.95 : line * 2);

  for (const limb of limbs) stroke(context, seen[limb.ends[0]], seen[limb.ends[1]], OUTLINE, limbWidth(limb) + 2 * edge);
  for (const joint of joints) stroke(context, joint.at, joint.at, OUTLINE, dotWidth(joint) + 2 * edge);
  for (const limb of limbs) stroke(context, seen[limb.ends[0]], seen[limb.ends[1]], COLOURS[limb.side], limbWidth(limb));
  for (const joint of joints) stroke(context, joint.at, joint.at, COLOURS[joint.side], dotWidth(joint));
}

function stroke(context, [x0, y0], [x1, y1], colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function drawLabel(context, { id, box, state }, view) {
  const word = STATE_WORDS[state];
  const text = word ? `#${id} ${word}` : `#${id}`;
  const { width, height } = context.canvas;
  const px = Math.max(11, Math.min(width, height) / 34);
  context.font = `600 ${px}px system-ui, sans-serif`;
  const pad = px * 0.4;
  const labelWidth = context.measureText(text).width + 2 * pad;
  const labelHeight = px + 2 * pad;
  const [left] = place([view.mirrored ? box[2] : box[0], 0], view);
  const x = Math.min(Math.max(left, 0), Math.max(0, width - labelWidth));
  const y = Math.min(Math.max(box[1] * view.scale - labelHeight - pad, 0), Math.max(0, height - labelHeight));
  context.fillStyle = word ? ALARM : OUTLINE;
  context.fillRect(x, y, labelWidth, labelHeight);
  context.fillStyle = COLOURS.middle;
  context.textBaseline = "middle";
  context.fillText(text, x + pad, y + labelHeight / 2);
}
