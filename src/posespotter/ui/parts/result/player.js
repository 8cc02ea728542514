// Runs again at every rerun of the page: the element stays, and only what is new is changed.
export default function ({ data, parentElement }) {
  const video = parentElement.querySelector("video");
  video.loop = data.loop;
  if (data.poster && video.getAttribute("poster") !== data.poster) {
    video.setAttribute("poster", data.poster);
  }
  if (video.getAttribute("src") !== data.src) {
    video.setAttribute("src", data.src);
    delete video.dataset.place;
  }
  const place = `${data.at_s} ${data.jump}`;
  if (data.at_s !== null && video.dataset.place !== place) {
    video.dataset.place = place;
    const go = () => { video.currentTime = data.at_s; };
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) {
      go();
    } else {
      video.addEventListener("loadedmetadata", go, { once: true });
    }
  }
  video.onerror = () => {
    video.title = "This browser cannot play the video; download it instead.";
  };
}
