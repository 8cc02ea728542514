// Runs again at every rerun of the page: the video stays where it is, and only what is new is changed.
const clock = (s) => `${Math.floor(s / 60)}:${(s % 60).toFixed(1).padStart(4, "0")}`;

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".replay");
  const video = root.querySelector("video");
  const slider = root.querySelector("input");
  const output = root.querySelector("output");
  const frame = root.querySelector(".chart");
  const drawing = root.querySelector(".drawing");
  const cursor = root.querySelector(".cursor");
  // While another chart is being drawn the last one stays, paler.
  root.chart = data.chart ?? root.chart ?? null;
  const chart = root.chart;
  root.classList.toggle("blind", data.src === null);
  root.classList.toggle("bare", chart === null);
  root.classList.toggle("waiting", data.chart === null);

  if (data.src !== null && video.getAttribute("src") !== data.src) {
    video.setAttribute("poster", data.poster);
    video.setAttribute("src", data.src);
  }
  const another = chart !== null && root.drawn !== chart.svg;
  if (another) {
    root.drawn = chart.svg;
    drawing.innerHTML = chart.svg; // made by the server, of numbers and of texts that it escaped
  }

  const length = () => (Number.isFinite(video.duration) ? video.duration : chart ? chart.end_s : 0);
  const draw = (t) => {
    slider.max = String(Math.max(0.01, length()));
    slider.step = String(1 / data.fps);
    slider.value = String(t);
    output.textContent = `${clock(t)} · frame ${Math.round(t * data.fps)}`;
    if (chart === null) return;
    const share = Math.min(1, Math.max(0, (t - chart.start_s) / (chart.end_s - chart.start_s)));
    cursor.style.left = `${100 * (chart.left + share * (chart.right - chart.left))}%`;
  };
  root.go = (t, end = null) => {
    root.until = end;
    root.moment = t;
    draw(t);
    if (data.src === null) return;
    const set = () => {
      video.currentTime = t;
      if (end !== null) video.play().catch(() => {});
    };
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) set();
    else video.addEventListener("loadedmetadata", set, { once: true });
  };
  const follow = () => {
    if (root.until != null && video.currentTime >= root.until) {
      video.pause();
      root.until = null;
    }
    root.moment = video.currentTime;
    draw(video.currentTime);
    if (!video.paused && root.isConnected) requestAnimationFrame(follow);
  };
  video.onplay = follow;
  video.onseeked = () => { if (video.paused) follow(); };
  video.onloadedmetadata = () => draw(root.moment ?? 0);
  slider.oninput = () => { video.pause(); root.go(Number(slider.value)); };
  frame.onpointerdown = (event) => {
    if (chart === null) return;
    const inner = drawing.getBoundingClientRect();
    const share = ((event.clientX - inner.left) / inner.width - chart.left) / (chart.right - chart.left);
    root.go(chart.start_s + Math.min(1, Math.max(0, share)) * (chart.end_s - chart.start_s));
  };

  // In a chart that scrolls, the curve that shows the fault of this moment may be out of sight.
  const reveal = () => {
    const { left: now } = cursor.getBoundingClientRect();
    const near = drawing.clientWidth / 20;
    const marks = [...drawing.querySelectorAll('path[style*="--fault"]')].map((path) => path.getBoundingClientRect());
    const mark = marks.find(({ left, right }) => left - near < now && now < right + near);
    if (mark) frame.scrollTop += mark.top + mark.height / 2 - frame.getBoundingClientRect().top - frame.clientHeight / 2;
  };

  const place = JSON.stringify(data.jump);
  const elsewhere = data.jump !== null && root.dataset.place !== place;
  if (elsewhere) {
    root.dataset.place = place;
    root.go(data.jump.start, data.jump.end);
  } else {
    draw(root.moment ?? 0);
  }
  if (another || elsewhere) reveal();
}
